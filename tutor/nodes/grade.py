"""Bulk grading: lines in, lines out, a bounded number of them in memory."""

from __future__ import annotations

from itertools import islice

from pocketflow import Node

from tutor import grading
from utils.errors import ExitCode, ModelError

RECORDS_AT_ONCE = 512  # in memory; enough to keep several processes busy


class ReadRecords(Node):
    """The next lines of the file, each with its number; blank ones count but hold nothing."""

    def prep(self, shared):
        return shared["lines"]

    def exec(self, lines):
        return list(islice(lines, RECORDS_AT_ONCE))

    def post(self, shared, lines, records):
        shared["records"] = records
        return "records" if records else "end"


class GradeRecords(Node):
    """Grade what was read, in order: in several processes where asked, or with the model, several requests at a time."""

    def prep(self, shared):
        return shared["records"], shared["run_all"], shared["model"], shared["jobs"], shared["terminal"]

    def exec(self, prepared):
        records, run_all, model, jobs, terminal = prepared
        if not model.available:
            return list(run_all(grading.graded_line, records))
        from concurrent.futures import ThreadPoolExecutor

        def graded(record):
            return grading.graded_line(record, lambda *asked: self.with_model(model, terminal, *asked))

        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(graded, records))

    @staticmethod
    def with_model(model, terminal, question, references, answer, rubric):
        """One record's grade; where the model can't give it, the built-in one, which costs no other record's."""
        try:
            item = grading.bare_item(question, references, rubric)
            return grading.grade_with(model.fill, item, answer, model.name, strict=True)
        except ModelError as error:
            if model.required:
                raise
            if told := model.outage(error):
                terminal.complain(told)
            return grading.grade_record(question, references, answer, rubric)

    def post(self, shared, prepared, grades):
        shared["grades"] = grades


class WriteGrades(Node):
    """One JSON line a record on stdout, in order, before the next are read; a faulty line is named on stderr too."""

    def prep(self, shared):
        return shared["terminal"], shared["grades"], shared["path"]

    def exec(self, prepared):
        terminal, grades, path = prepared
        for grade in grades:
            terminal.put_line(grade)
            if "error" in grade:
                terminal.complain(f"{path}:{grade['line']}: {grade['error']}")
        return len(grades), sum("error" in grade for grade in grades)

    def post(self, shared, prepared, counts):
        shared["graded"] += counts[0]
        shared["faulty"] += counts[1]
        shared["terminal"].progress(shared["graded"], "answers graded")


class CountGrades(Node):
    """The end of the file: was there anything, and was all of it readable?"""

    def prep(self, shared):
        return shared["graded"], shared["faulty"]

    def exec(self, counts):
        graded, faulty = counts
        return ExitCode.NOTHING_RUN if not graded else ExitCode.INVALID if faulty else ExitCode.DONE

    def post(self, shared, counts, code):
        shared["exit_code"] = code
