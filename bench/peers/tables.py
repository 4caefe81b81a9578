"""The page's sections: a table of medians each, and a plot where one says more. A server that could not be measured keeps its
line, with the reason."""

from goals import largest, number
from plot import bars


def section(title, text, head, lines, plots=""):
    if not lines:
        return ""  # not asked for
    align = "|".join("---" for _ in head)
    return f"\n## {title}\n{text}\n\n| {' | '.join(head)} |\n|{align}|\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n" + plots


def picture(folder, name, title, unit, values, better):
    if not bars(folder / f"{name}.svg", title, unit, values, better):
        return ""
    return f"\n![{title}](benchmarks/{name}.svg)\n"


def missing(rows, workload, server, columns):
    return [server, "not measured: " + (rows.why_not(workload, server) or "no row"), *[""] * (columns - 2)]


def times(rows, *key, **same):
    return f"{rows.count(*key, **same)}"


def w1(rows, folder):
    lines = []
    for server in rows.servers("W1", "idle"):
        sizes = sorted({row["connections"] for row in rows.of("W1", server, "idle")})
        if not sizes:
            lines.append(missing(rows, "W1", server, 6))
        for size in sizes:
            get = lambda key: rows.median("W1", server, "idle", key, connections=size)
            lines.append([server, f"{size:,.0f}", f"{number(get('kib_per_connection'), '{:.2f}')} KiB", f"{number(get('logins_per_s'), '{:,.0f}')}/s",
                          f"{number(get('server_us_per_login'), '{:,.0f}')} us", times(rows, "W1", server, "idle", connections=size)])
    values = [(server, rows.median("W1", server, "idle", "kib_per_connection", connections=largest(rows, server))) for server in rows.servers("W1", "idle")]
    return section("W1: idle connections", "Private memory (Private_Dirty of all processes) against the moment before anybody came, divided by connections; most of the "
                   "kernel's memory is the same for all and not in it. What the server keeps of each person anyhow (caches, once) is in it too, so few connections cost more each than many.",
                   ["server", "connections", "memory per connection", "log-ins", "CPU per log-in", "runs"], lines,
                   picture(folder, "memory", "Memory per idle connection", "KiB", values, "less"))


def spread(rows, workload, server, mode, what, **same):
    return " / ".join(number(rows.median(workload, server, mode, what, key, **same), "{:.1f}") for key in ("p50_ms", "p99_ms")) + " ms"


def w2(rows, folder):
    lines = []
    for server in rows.servers("W2", "ladder"):
        if not rows.count("W2", server, "ladder"):
            lines.append(missing(rows, "W2", server, 6))
            continue
        get = lambda key: rows.median("W2", server, "ladder", key)
        if not get("held_per_s"):
            asked = min(row["asked_per_s"] for row in rows.of("W2", server, "ladder"))
            lines.append([server, f"not even {asked:,.0f}/s", f"({number(get('server_us_per_message'))} us at that rate)", "", spread(rows, "W2", server, "ladder", "to_delivered"), times(rows, "W2", server, "ladder")])
            continue
        further = all(not row["tops_out"] for row in rows.of("W2", server, "ladder"))
        lines.append([server, ("at least " if further else "") + f"{get('held_per_s'):,.0f}/s", f"{number(get('server_us_per_message'))} us", spread(rows, "W2", server, "ladder", "to_acked"),
                      spread(rows, "W2", server, "ladder", "to_delivered"), times(rows, "W2", server, "ladder")])
    names = rows.servers("W2", "ladder")
    held = lambda server: rows.median("W2", server, "ladder", "held_per_s")
    out = section("W2: one to one", "1,000 people in pairs, both directions, open loop; rates rise until p99 from due to delivery passes 100 ms or receipts fall behind, and begin lower "
                  "where the first was too high. CPU per complete message at the highest rate that was held.",
                  ["server", "highest rate held", "CPU per message there", "to acknowledgement p50 / p99", "to delivery p50 / p99", "runs"], lines,
                  picture(folder, "rate", "Highest rate with p99 to delivery < 100 ms", "messages per second", [(n, held(n)) for n in names], "more") +
                  picture(folder, "cpu", "Server CPU per message at its highest rate", "microseconds", [(n, rows.median("W2", n, "ladder", "server_us_per_message") if held(n) else None) for n in names], "less"))
    lines, names = [], rows.servers("W2 at 8,000/s", "pairs")
    for server in names:
        if not rows.count("W2 at 8,000/s", server, "pairs"):
            lines.append(missing(rows, "W2 at 8,000/s", server, 6))
            continue
        get = lambda key: rows.median("W2 at 8,000/s", server, "pairs", key)
        lines.append([server, f"{get('held_per_s'):,.0f}/s", f"{number(get('server_us_per_message'))} us", spread(rows, "W2 at 8,000/s", server, "pairs", "to_acked"),
                      spread(rows, "W2 at 8,000/s", server, "pairs", "to_delivered"), times(rows, "W2 at 8,000/s", server, "pairs")])
    return out + section("The same at 8,000/s, beside the floor", "The durable floor relays the same steps over the same sockets with one group commit per turn of its loop "
                         "(`bench/peers/floor`), and knows nothing else; the relay floor does not write either. No other server holds this rate.",
                         ["server", "complete messages", "CPU per message", "to acknowledgement p50 / p99", "to delivery p50 / p99", "runs"], lines,
                         picture(folder, "floor", "Server CPU per message at 8,000/s", "microseconds", [(n, rows.median("W2 at 8,000/s", n, "pairs", "server_us_per_message")) for n in names], "less"))


def w3(rows, folder):
    lines = []
    for server in rows.servers("W3", "store"):
        if not rows.count("W3", server, "store"):
            lines.append(missing(rows, "W3", server, 8))
            continue
        s = lambda key: rows.median("W3", server, "store", key)
        d = lambda key: rows.median("W3", server, "drain", key)
        lines.append([server, f"{number(s('messages'), '{:,.0f}')}", f"{number(s('per_s'), '{:,.0f}')}/s", f"{number(s('server_us_per_message'))} us", f"{number(d('per_s'), '{:,.0f}')}/s",
                      f"{number(d('server_us_per_message'))} us", f"{number(d('lost'), '{:,.0f}')} / {number(d('disordered'), '{:,.0f}')}", times(rows, "W3", server, "store")])
    return section("W3: people who are away", "1,000 senders with one message under way each, to 1,000 people who are away; who then log in and fetch (log-ins are part of it). No receipts are asked for "
                   "here, which spares the peers a message back per message.", ["server", "messages", "stored", "CPU each", "fetched", "CPU each", "lost / out of order", "runs"], lines)


def w4(rows, folder):
    lines, plots = [], ""
    for people in sorted(rows.values("W4", "group", "people")):
        names = rows.servers("W4", "group")
        for server in names:
            if not rows.count("W4", server, "group", people=people):
                lines.append([server, f"{people:,.0f}", "not measured: " + (rows.why_not("W4", server) or "no row"), "", "", ""])
                continue
            get = lambda key: rows.median("W4", server, "group", key, people=people)
            lines.append([server, f"{people:,.0f}", f"{number(get('deliveries_per_s'), '{:,.0f}')}/s", f"{number(get('server_us_per_delivery'), '{:.2f}')} us",
                          spread(rows, "W4", server, "group", "to_delivered", people=people), times(rows, "W4", server, "group", people=people)])
        plots += picture(folder, f"group-{people:.0f}", f"Server CPU per delivery in a group of {people:,.0f}", "microseconds",
                         [(n, rows.median("W4", n, "group", "server_us_per_delivery", people=people)) for n in names], "less")
    return section("W4: groups", "One group, everybody online; a few members say the next thing when everybody has the last. Homing's deliveries come with durable storage, the cursors of all members and the "
                   "ticks; a topic (MQTT) and a room (XEP-0045) have no receipts.", ["server", "members", "deliveries", "CPU per delivery", "to delivery p50 / p99", "runs"], lines, plots)


def w5(rows, folder):
    lines, names = [], rows.servers("W5", "crash")
    for server in names:
        if not rows.count("W5", server, "crash"):
            lines.append(missing(rows, "W5", server, 6))
            continue
        get = lambda key: rows.median("W5", server, "crash", key)
        share = get("lost") / get("acked") * 100 if get("acked") else 0
        lines.append([server, f"{get('acked'):,.0f}", f"{get('lost'):,.0f} ({share:.1f} %)", f"{get('from_archive'):,.0f}", f"{get('duplicated'):,.0f}", times(rows, "W5", server, "crash")])
    return section("W5: kill -9 under load", "400 people talk in pairs at a rate that the server holds, 200 leave messages for 200 who are away; all processes are killed at once, started again on the same folder, and everybody "
                   "comes back. A message that only an archive still had (XEP-0313, asked after everything pushed had come) counts as kept. Nothing was resent by the senders. A kill loses no page cache: a power cut would take more from those who "
                   "do not fsync.", ["server", "acknowledged before", "lost of them", "kept only in the archive", "delivered twice", "runs"], lines,
                   picture(folder, "lost", "Acknowledged messages lost by kill -9", "per cent", [(n, rows.median("W5", n, "crash", "lost") / max(rows.median("W5", n, "crash", "acked"), 1) * 100
                                                                                                 if rows.count("W5", n, "crash") else None) for n in names], "less"))


def w6(rows, folder):
    lines = []
    for server in rows.servers("W6", "storm"):
        if not rows.count("W6", server, "storm"):
            lines.append(missing(rows, "W6", server, 6))
            continue
        get = lambda key: rows.median("W6", server, "storm", key)
        lines.append([server, f"{get('connections'):,.0f}", f"{get('resumes_per_s'):,.0f}/s", f"{get('server_us_per_resume'):,.0f} us",
                      f"{get('resident_before_mib'):,.0f} → {get('resident_peak_mib'):,.0f} MiB ({get('memory_spike'):.2f} times)", times(rows, "W6", server, "storm")])
    return section("W6: everybody comes back at once", "All connections are cut with a reset and come back, 1,000 handshakes under way at a time, each with what its protocol has to resume a session. mosquitto's listen queue holds 100 and cannot be set.",
                   ["server", "connections", "back", "CPU each", "resident memory before → at the peak", "runs"], lines)


def w7(rows, folder):
    lines = []
    for size in rows.values("W7", "files", "size"):
        for server in ("Homing", "nginx"):
            found = [row for row in rows.rows if row["workload"] == "W7" and row["server"] == server and row.get("size") == size]
            if found:
                row = found[-1]
                lines.append([server, size, f"{row['up_mib_per_s']:,.0f} MiB/s", f"{row['up_cpu_ms_per_mib']:.2f} ms/MiB", f"{row['down_mib_per_s']:,.0f} MiB/s", f"{row['down_cpu_ms_per_mib']:.2f} ms/MiB"])
    if not lines and rows.why_not("W7", "Homing"):
        lines.append(missing(rows, "W7", "Homing", 6))
    return section("W7: files beside nginx", "By `bench/media`. Homing authenticates, hashes and fsyncs an upload before it answers; nginx writes to the page cache.",
                   ["server", "file", "upload", "CPU", "download", "CPU"], lines)


def w8(rows, folder):
    lines = []
    for accounts in sorted(rows.values("W8", "growth", "accounts")):
        get = lambda key: rows.median("W8", "Homing", "growth", key, accounts=accounts)
        lines.append(["Homing", f"{accounts:,}", f"{get('messages'):,.0f}", f"{number(get('server_us_per_message'))} us", spread(rows, "W8", "Homing", "growth", "to_delivered", accounts=accounts),
                      f"{get('bytes_per_message'):,.0f} B"])
    if not lines and rows.why_not("W8", "Homing"):
        lines.append(missing(rows, "W8", "Homing", 6))
    return section("W8: growth", "W2 at 8,000/s beside stored accounts and messages; disk bytes are those of the whole folder, accounts too. A million accounts with ten million messages are on "
                   "[benchmarks.md](benchmarks.md) (and here with `--size full`). The peers were not filled: through their protocols ten million messages take hours.",
                   ["server", "accounts", "messages stored", "CPU per message", "to delivery p50 / p99", "disk per message"], lines)


def w9(rows, folder):
    lines = []
    for server in rows.servers("W9", "idle"):
        if not rows.count("W9", server, "idle"):
            lines.append(missing(rows, "W9", server, 7))
            continue
        i = lambda key: rows.median("W9", server, "idle", key)
        s = lambda key: rows.median("W9", server, "storm", key)
        lines.append([server, f"{number(i('connections'), '{:,.0f}')}", f"{number(i('kib_per_connection'))} KiB", f"{number(i('server_us_per_login'), '{:,.0f}')} us, {number(i('logins_per_s'), '{:,.0f}')}/s",
                      f"{number(s('server_us_per_resume'), '{:,.0f}')} us, {number(s('resumes_per_s'), '{:,.0f}')}/s", f"{number(s('short_handshakes'), '{:,.0f}')}",
                      f"{number(rows.median('W9', server, 'pairs', 'server_us_per_message'))} us" if rows.count("W9", server, "pairs") else ""])
    return section("W9: with TLS", "TLS 1.3, a P-256 certificate. First everybody with a full handshake, then all cut and back with the ticket of the last connection.",
                   ["server", "connections", "memory per connection", "full log-in", "coming back", "short handshakes", "CPU per message at 8,000/s"], lines)


SECTIONS = [w1, w2, w3, w4, w5, w6, w7, w8, w9]
