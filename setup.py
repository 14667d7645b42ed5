"""The compiled loops and the file of tables; all else about the package stands in pyproject.toml.

Both are optional. Where no C compiler is at hand the package installs without loops, and the array
operations that they stand for do their work, at two fifths of the speed and with the same answers.
Without the file of tables each start works out the tables that it needs. With
DEDUP_REQUIRE_LOOPS=1 the build fails instead: no wheel may lack them.
"""

import os
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

LOOPS = (
    "dedup.columns.loops",
    "dedup.readers.loops",
    "dedup.text.decoding_loops",
    "dedup.text.mark_loops",
    "dedup.text.spelling_loops",
    "dedup.text.word_loops",
    "dedup.index.loops",
    "dedup.index.bucket_loops",
    "dedup.match.loops",
    "dedup.match.word_loops",
    "dedup.story.loops",
    "dedup.pipeline.loops",
)

OPTIONAL = not os.environ.get("DEDUP_REQUIRE_LOOPS")

#: The folder of the sources.
HERE = Path(__file__).resolve().parent


class BuildLoopsAndTables(build_ext):
    """Compiles the loops, then has the package work out its tables from its own sources."""

    def run(self) -> None:
        super().run()
        folder = HERE if self.inplace else Path(self.build_lib).resolve()
        command = [sys.executable, "-m", "dedup.pipeline.build_tables", str(folder / "dedup")]
        subprocess.run(command, cwd=HERE, check=not OPTIONAL)


setup(
    cmdclass={"build_ext": BuildLoopsAndTables},
    ext_modules=[
        Extension(
            name,
            [name.replace(".", "/") + ".pyx"],
            extra_compile_args=["-O3", "-g0"],
            optional=OPTIONAL,
        )
        for name in LOOPS
    ],
)
