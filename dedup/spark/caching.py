"""DataFrames that are used more than once stay on the workers until they are released."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.storagelevel import StorageLevel


class FrameCache:
    """Keeps DataFrames in the workers' memory, and on their disks what does not fit.

    In memory their values stay arrays of bytes, so that Java has nothing to unpack at each use. The
    part of a lost worker is computed again from its sources.
    """

    def __init__(self) -> None:
        self._frames: list[DataFrame] = []

    def keep(self, frame: DataFrame) -> DataFrame:
        """`frame`, each part of which is evaluated at most once while no worker is lost."""
        kept = frame.persist(StorageLevel.MEMORY_AND_DISK_DESER)
        self._frames.append(kept)
        return kept

    def keep_without_plan(self, frame: DataFrame) -> DataFrame:
        """As `keep`, and later plans do not contain the plan of this frame.

        A plan contains the plans of its sources, each as often as it is used. After some rounds
        that make one frame from two others the plans no longer fit into the driver's memory.
        """
        kept = self.keep(frame)
        spark = kept.sparkSession
        rows, schema = kept._jdf.javaRDD(), kept._jdf.schema()
        return DataFrame(spark._jsparkSession.createDataFrame(rows, schema), spark)

    def frames(self) -> list[DataFrame]:
        """What is kept now."""
        return list(self._frames)

    def forget(self, frame: DataFrame) -> None:
        """Give back what this frame takes; frames that were made from it and evaluated stay."""
        self._frames = [one for one in self._frames if one is not frame]
        frame.unpersist()

    def release(self) -> None:
        """Give the memory back; the frames can still be used, and are evaluated anew."""
        while self._frames:
            self._frames.pop().unpersist()
