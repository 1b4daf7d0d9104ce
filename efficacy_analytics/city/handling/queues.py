"""What the queues of the city make of the flow: when each step is begun and ended, and by whom.

A discrete-event simulation on the open clock: files arrive at desks, wait, are handled and move on. One heap holds all
coming events; an event is one whole number, its time and its code, so that its place in the order is settled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

from efficacy_analytics.city.handling.applications import Applications
from efficacy_analytics.city.handling.desks import CODE_BITS, Desk, Log, Officer
from efficacy_analytics.city.handling.flow import Flow
from efficacy_analytics.city.handling.paths import END, drawn_paths
from efficacy_analytics.city.handling.staffing import NEVER_AWAY, Staff, Windows
from efficacy_analytics.city.handling.work import ROLES
from efficacy_analytics.city.town.catalogue import departments
from efficacy_analytics.city.town.plan import MEETINGS, morning_of
from efficacy_analytics.city.town.working_time import OPEN_DAY, Whole, WorkingTime

OnProgress = Callable[[str, int, int], None]
REPORT_EVERY = 1 << 18


@dataclass(frozen=True)
class Happened:
    """One place a step, in open seconds; -1 where the step was not reached before the end of the period.

    `officer` is a place in `codes`, or -1 for what happens outside the offices.
    """

    begun: Whole
    ended: Whole
    officer: Whole
    codes: list[str]


class Offices:
    """The desks at work: takes events from the agenda until the period ends.

    Args:
        flow: the steps.
        applications: the cases.
        staff: who sits at each desk.
        time: the working days.
        risk: the open seconds after acceptance from which a case is at risk, one a case.
        pauses: the seconds before the next file is taken up, one a step.
    """

    def __init__(
        self,
        flow: Flow,
        applications: Applications,
        staff: list[Staff],
        time: WorkingTime,
        risk: Whole,
        pauses: Whole,
    ) -> None:
        self.flow, self.time = flow, time
        self.paths = drawn_paths(flow, applications)
        self.agenda: list[int] = []
        self.log = Log(len(flow.case))
        self.officers: list[Officer] = []
        self.desk_of_officer: list[Desk] = []
        self.part_time_officers: dict[str, str] = {}
        self.handover: list[int] = flow.work.handover.tolist()
        self.length: list[int] = flow.work.length.tolist()
        overtakes = applications.is_green | applications.is_at_counter
        self.overtakes: list[bool] = overtakes[flow.case].tolist()
        self.is_gated: list[bool] = flow.work.is_gated.tolist()
        self.risk: dict[int, int] = {step: int(risk[flow.case[step]]) for step in self.paths.extensions}
        self.left = list(self.paths.beside)
        pause: list[int] = pauses.tolist()
        self.desks = {row.desk: self._desk(row, pause) for row in staff}
        self.desk_of_step = [self.desks.get(desk) for desk in flow.work.desk.tolist()]
        self._announce(applications)

    def run(self, on_progress: OnProgress) -> Happened:
        """Everything that happens until the period ends."""
        done, step_count, officer_count = 0, len(self.flow.case), len(self.officers)
        mask = (1 << CODE_BITS) - 1
        while self.agenda:
            event = heappop(self.agenda)
            at, code = event >> CODE_BITS, event & mask
            if at > self.time.horizon:
                break
            number = code >> 1
            if code & 1:
                self._end(number, at)
                done += 1
                if done % REPORT_EVERY == 0:
                    on_progress("working through the queues", done, step_count)
            elif number < step_count:
                self._arrive(number, at)
            elif number < step_count + officer_count:
                officer = self.officers[number - step_count]
                self.desk_of_officer[officer.number].free(officer, at)
            else:
                self.desks[number - step_count - officer_count].open_meeting(at)
        return self._happened()

    def _arrive(self, step: int, at: int) -> None:
        desk = self.desk_of_step[step]
        if desk is None:
            ended = at + self.length[step]
            self.log.begun[step], self.log.ended[step] = at, ended
            heappush(self.agenda, ended << CODE_BITS | step << 1 | 1)
        elif self.is_gated[step]:
            desk.held.append(step)
        else:
            desk.receive(step, at, overtakes=self.overtakes[step])

    def _end(self, step: int, at: int) -> None:
        first = self.paths.first[step]
        self.left[first] -= 1
        if not self.left[first]:
            self._go_on(self.paths.successor[step], at)
        officer = self.log.officer[step]
        if officer >= 0:
            self.desk_of_officer[officer].free(self.officers[officer], at)

    def _go_on(self, step: int, at: int) -> None:
        if step in self.risk and at - self.log.ended[self.paths.extensions[step]] < self.risk[step]:
            step = self.paths.successor[step]
        if step == END:
            return
        for beside in range(step, step + self.paths.beside[step]):
            heappush(self.agenda, at + self.handover[beside] << CODE_BITS | beside << 1)

    def _desk(self, staff: Staff, pause: list[int]) -> Desk:
        desk = Desk(self.agenda, self.log, self.length, pause, [], len(self.flow.case))
        desk.idle.extend(self._hire(desk, staff, windows) for windows in staff.officers)
        desk.helpers.extend(self._hire(desk, staff, NEVER_AWAY, is_helper=True) for _ in range(staff.helper_count))
        desk.long_queue, desk.short_queue = staff.long_queue, staff.short_queue
        return desk

    def _hire(self, desk: Desk, staff: Staff, windows: Windows, *, is_helper: bool = False) -> Officer:
        department = departments()[staff.desk // len(ROLES)].department
        code = f"{department}-P" if staff.is_part_time else f"{department}-"
        place = 1 + sum(officer.code.startswith(code) for officer in self.officers)
        code += str(place) if staff.is_part_time else f"{place:02d}"
        officer = Officer(len(self.officers), code, iter(windows), is_helper=is_helper)
        self.officers.append(officer)
        self.desk_of_officer.append(desk)
        if staff.is_part_time:
            self.part_time_officers[officer.code] = morning_of(department)
        return officer

    def _announce(self, applications: Applications) -> None:
        """Put the applications and the meetings on the agenda."""
        firsts = np.flatnonzero(np.diff(self.flow.case, prepend=-1))
        for step, at in zip(firsts.tolist(), applications.opened.tolist(), strict=True):
            self.log.begun[step] = self.log.ended[step] = at
            self.agenda.append(at << CODE_BITS | step << 1 | 1)
        first_code = len(self.flow.case) + len(self.officers)
        for desk in np.unique(self.flow.work.desk[self.flow.work.is_gated]).tolist():
            weekday, weeks = MEETINGS[departments()[desk // len(ROLES)].department]
            openings = [day * OPEN_DAY for day in meetings(self.time, weekday, weeks)]
            self.agenda += [opening << CODE_BITS | first_code + desk << 1 for opening in openings]
        heapify(self.agenda)

    def _happened(self) -> Happened:
        begun, ended, officer = (
            np.array(column, dtype=np.int64) for column in (self.log.begun, self.log.ended, self.log.officer)
        )
        is_over = (ended >= 0) & (ended <= self.time.horizon)
        codes = [officer.code for officer in self.officers]
        return Happened(begun, np.where(is_over, ended, -1), officer, codes)


def meetings(time: WorkingTime, weekday: int, weeks: int) -> list[int]:
    """The working days of a meeting held on a weekday every so many weeks; instead of a holiday, the next working day.

    The first day of the period is a Monday.
    """
    days = np.searchsorted(time.days, np.arange(weekday, time.day_count, 7 * weeks))
    return sorted({int(day) for day in days if day < len(time.days)})
