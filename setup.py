"""The compiled loops; all else about the package stands in pyproject.toml.

Each is optional: where no C compiler is at hand the package installs without them, and the array
operations that they stand for do their work, at two fifths of the speed and with the same answers.
With DEDUP_REQUIRE_LOOPS=1 the build fails instead: no wheel may lack them.
"""

import os

from setuptools import Extension, setup

LOOPS = (
    "dedup.columns.loops",
    "dedup.readers.loops",
    "dedup.text.loops",
    "dedup.index.loops",
    "dedup.match.loops",
    "dedup.story.loops",
    "dedup.pipeline.loops",
)

setup(
    ext_modules=[
        Extension(
            name,
            [name.replace(".", "/") + ".pyx"],
            extra_compile_args=["-O3", "-g0"],
            optional=not os.environ.get("DEDUP_REQUIRE_LOOPS"),
        )
        for name in LOOPS
    ]
)
