"""DataFrames that are used more than once, kept on the workers until they are released."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.storagelevel import StorageLevel


class Held:
    """Keeps DataFrames in the workers' memory, what does not fit on their disks.

    A lost worker's part is made anew from what it came from.
    """

    def __init__(self) -> None:
        self._frames: list[DataFrame] = []

    def keep(self, frame: DataFrame) -> DataFrame:
        """`frame`, evaluated at most once (per part, as long as no worker is lost)."""
        kept = frame.persist(StorageLevel.MEMORY_AND_DISK)
        self._frames.append(kept)
        return kept

    def cut(self, frame: DataFrame) -> DataFrame:
        """As `keep`, and nothing of how the frame came about in the plans of what is made of it.

        A plan shows the plans of all that it was made from, each as often as it was used: after
        some rounds of one frame from two others they do not fit into the driver's memory.
        """
        kept = self.keep(frame)
        spark = kept.sparkSession
        rows, schema = kept._jdf.javaRDD(), kept._jdf.schema()
        return DataFrame(spark._jsparkSession.createDataFrame(rows, schema), spark)

    def release(self) -> None:
        """Give the memory back; the frames can still be used, and are evaluated anew."""
        while self._frames:
            self._frames.pop().unpersist()
