"""The wheel holds what the checkout holds beside the package: notebooks, pipelines, reference data and settings."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

CHECKOUT = Path(__file__).resolve().parent
SHIPPED = (
    "notebooks/*.ipynb",
    "notebooks/studies/*.toml",
    "pipelines/*",
    "data_lake/README.md",
    "data_lake/reference/**/*",
    "settings.toml",
    "requirements.lock",
)


class BuildWithShipped(build_py):
    """Lays the shipped files into `efficacy_analytics/shipped`, where an installed package looks for them."""

    def run(self):
        """Builds the package, then copies; an editable install uses the checkout's own."""
        super().run()
        if self.editable_mode:
            return
        for file in sorted({file for pattern in SHIPPED for file in CHECKOUT.glob(pattern) if file.is_file()}):
            if "__pycache__" in file.parts:
                continue
            target = Path(self.build_lib) / "efficacy_analytics" / "shipped" / file.relative_to(CHECKOUT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


setup(cmdclass={"build_py": BuildWithShipped})
