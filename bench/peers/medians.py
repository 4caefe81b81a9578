"""Rows to medians. A row that failed keeps its reason. Pure."""

import statistics


class Rows:
    """The rows of a run, asked by workload, server and mode."""

    def __init__(self, rows):
        self.rows = rows

    def of(self, workload, server, mode, **same):
        return [row for row in self.rows if row["workload"] == workload and row["server"] == server and row["mode"] == mode and
                all(row.get(key) == value for key, value in same.items())]

    def median(self, workload, server, mode, *path, **same):
        """The median over all repetitions of row[path[0]][path[1]]...; None if none was measured."""
        values = []
        for row in self.of(workload, server, mode, **same):
            for key in path:
                row = row.get(key) if isinstance(row, dict) else None
            if isinstance(row, (int, float)):
                values.append(row)
        return statistics.median(values) if values else None

    def count(self, workload, server, mode, **same):
        return len(self.of(workload, server, mode, **same))

    def why_not(self, workload, server):
        """Why nothing was measured, or None."""
        reasons = [row["why"] for row in self.rows if row["workload"] == workload and row["server"] == server and row["mode"] == "failed"]
        return reasons[0] if reasons else None

    def servers(self, workload, mode):
        """In the order of measuring."""
        return list(dict.fromkeys(row["server"] for row in self.rows if row["workload"] == workload and row["mode"] in (mode, "failed")))

    def values(self, workload, mode, key):
        """Every value of this key, over all servers: sizes, for example."""
        return list(dict.fromkeys(row[key] for row in self.rows if row["workload"] == workload and row["mode"] == mode and key in row))

    def foreign(self):
        """(median, largest) of the processors' time that others took, in cores."""
        found = [row["foreign_cores"] for row in self.rows if "foreign_cores" in row]
        return (statistics.median(found), max(found)) if found else (0, 0)
