"""Fuzzes the intake guided by coverage: `cd tests && python -m support.guided_fuzzing csv FOLDER -max_total_time=600`.

Inputs that reach new code of the lake are kept and changed further: bytes by libFuzzer, rows and elements by the
generators. What must hold is that of `fuzzed_intake`; what does not is kept in FOLDER/findings, once of each kind, and
the run goes on. FOLDER/outcome.json tells the inputs and what came of them. Needs atheris (`pip install atheris`).
"""

import hashlib
import json
import os
import random
import re
import sys
import traceback
from collections import Counter
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["efficacy_analytics.lake"]):
    from support import fuzzed_csv, fuzzed_xes
    from support.fuzzed import Drawn, mutated
    from support.fuzzed_intake import HangError, taken_in, work_folder

FORMS = {"csv": (fuzzed_csv.csv_export, fuzzed_csv.LAYOUTS), "xes": (fuzzed_xes.xes_export, fuzzed_xes.LAYOUTS)}
SAVED_EVERY = 200
GENERATED_SHARE, CHANGED_SHARE = 0.3, 0.6


class Fuzzing:
    """One run: what came of its inputs.

    Args:
        form: "csv" or "xes".
        folder: where findings and the outcome are kept.
    """

    def __init__(self, form: str, folder: Path) -> None:
        self.form, self.folder = form, folder
        self.export, self.layouts = FORMS[form]
        self.outcomes: Counter[str] = Counter()
        self.findings: dict[str, str] = {}
        (folder / "findings").mkdir(parents=True, exist_ok=True)

    def judge(self, content: bytes) -> None:
        """Takes one input in; the layout and the file's name follow from its bytes."""
        number = int.from_bytes(hashlib.sha256(content).digest()[:4], "big")
        layout = sorted(self.layouts)[number % len(self.layouts)]
        try:
            with work_folder() as folder:
                self.outcomes[taken_in(folder, f"log.{self.form}", content, self.layouts[layout])] += 1
        except (Exception, HangError) as fault:
            self._keep(fault, content, layout)
        if self.outcomes.total() % SAVED_EVERY == 0:
            self.save()

    def changed(self, content: bytes, most_bytes: int, seed: int) -> bytes:
        """Another input: made anew, or of this one by the generators or by libFuzzer."""
        chance = random.Random(seed)
        share = chance.random()
        if share < GENERATED_SHARE:
            return self.export(Drawn(chance.randbytes(4096)))[:most_bytes]
        if share < CHANGED_SHARE:
            return mutated(content, chance)[:most_bytes]
        return bytes(atheris.Mutate(content, most_bytes))

    def save(self) -> None:
        """Writes what came of the inputs so far."""
        told = {
            "inputs": self.outcomes.total(),
            "outcomes": dict(self.outcomes.most_common()),
            "findings": self.findings,
        }
        (self.folder / "outcome.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")

    def _keep(self, fault: BaseException, content: bytes, layout: str) -> None:
        ours = [one for one in traceback.extract_tb(fault.__traceback__) if "/tests/" not in one.filename]
        ours = [one for one in ours if "efficacy_analytics" in one.filename]
        where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else re.sub(r"\d+", "n", str(fault))[:80]
        kind = f"{type(fault).__name__} {where}"
        self.outcomes["finding"] += 1
        if kind not in self.findings:
            file = self.folder / "findings" / f"{len(self.findings)}-{layout.replace(' ', '_')}.{self.form}"
            file.write_bytes(content)
            file.with_suffix(".txt").write_text("".join(traceback.format_exception(fault)), encoding="utf-8")
            self.findings[kind] = file.name


def main() -> None:
    """Runs until libFuzzer's own limits (`-max_total_time`, `-runs`) end it."""
    form, folder, *limits = sys.argv[1:]
    os.environ["EFFICACY_KEY_FILE"] = str(Path(folder).resolve() / "key" / "pseudonym.key")
    fuzzing = Fuzzing(form, Path(folder))
    corpus = Path(folder) / "corpus"
    corpus.mkdir(exist_ok=True)
    for seed in range(50):
        (corpus / f"{seed}").write_bytes(fuzzing.export(random.Random(seed))[:4096])
    atheris.Setup(
        [
            sys.argv[0],
            str(corpus),
            "-max_len=65536",
            "-timeout=60",
            "-rss_limit_mb=4096",
            f"-artifact_prefix={folder}/",
            *limits,
        ],
        fuzzing.judge,
        custom_mutator=fuzzing.changed,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
