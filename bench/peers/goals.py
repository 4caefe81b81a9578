"""What Homing set out to be beside the others, and whether it is: each goal with the figures that decide it. Pure."""

XMPP_PEERS = ("ejabberd",)


def ratio(a, b):
    return None if a is None or b is None or b == 0 else a / b


def verdict(value, limit, more=False):
    """`value` must be at most `limit`, or at least with `more`."""
    if value is None:
        return "not measured"
    fine = value >= limit if more else value <= limit
    if fine:
        return "**holds**"
    by = limit / value if more else value / limit
    return f"**misses it by {(by - 1) * 100:.0f} %**" if value > 0 else "**misses it**"


def number(value, form="{:,.1f}"):
    return "not measured" if value is None else form.format(value)


def largest(rows, server):
    sizes = [row["connections"] for row in rows.of("W1", server, "idle")]
    return max(sizes) if sizes else None


def memory(rows, server):
    return rows.median("W1", server, "idle", "kib_per_connection", connections=largest(rows, server))


def goals(rows):
    """(goal, measured, verdict)."""
    fixed = {name: rows.median("W2 at 8,000/s", name, "pairs", "server_us_per_message") for name in ("Homing", "mosquitto", "durable floor")}
    best = {name: rows.median("W2", name, "ladder", "server_us_per_message") for name in ("Homing", "mosquitto", "ejabberd")}
    top = {name: rows.median("W2", name, "ladder", "held_per_s") for name in ("Homing", "mosquitto", "ejabberd", "Prosody", "RabbitMQ")}
    us = number
    found = []
    r = ratio(fixed["Homing"], fixed["durable floor"])
    found.append(("W2 at 8,000/s: CPU per message ≤ 2.5 times the durable floor", f"{us(fixed['Homing'])} and {us(fixed['durable floor'])} us: {number(r, '{:.2f}')} times", verdict(r, 2.5)))
    r = ratio(fixed["Homing"], fixed["mosquitto"])
    found.append(("W2 at 8,000/s: CPU per message ≤ half of mosquitto's", f"{us(fixed['Homing'])} and {us(fixed['mosquitto'])} us: {number(r, '{:.2f}')} times", verdict(r, 0.5)))
    r = ratio(best["ejabberd"], best["Homing"])
    found.append(("W2 at each server's highest rate: CPU per message ≥ 60 times below ejabberd", f"{us(best['Homing'])} and {us(best['ejabberd'])} us: {number(r, '{:.0f}')} times below", verdict(r, 60, more=True)))
    others = [value for name, value in top.items() if name != "Homing" and value is not None]
    r = ratio(top["Homing"], max(others)) if others else None
    ended = any(row["tops_out"] for row in rows.of("W2", "Homing", "ladder"))
    decided = verdict(r, 1, more=True) if ended or r is None or r >= 1 else "not decided: Homing's ladder ended before Homing did"
    found.append(("W2: highest rate with p99 < 100 ms above every other", f"{number(top['Homing'], '{:,.0f}')}/s; the best other {number(max(others) if others else None, '{:,.0f}')}/s", decided))
    r = ratio(memory(rows, "Homing"), memory(rows, "mosquitto"))
    found.append(("W1: memory per connection below mosquitto's", f"{number(memory(rows, 'Homing'), '{:.2f}')} and {number(memory(rows, 'mosquitto'), '{:.2f}')} KiB", verdict(r, 1)))
    r = ratio(memory(rows, "ejabberd"), memory(rows, "Homing"))
    found.append(("W1: memory per connection ≥ 40 times below ejabberd's", f"{number(memory(rows, 'Homing'), '{:.2f}')} and {number(memory(rows, 'ejabberd'))} KiB: {number(r, '{:.0f}')} times below", verdict(r, 40, more=True)))
    for people in rows.values("W4", "group", "people"):
        ours, theirs = (rows.median("W4", name, "group", "server_us_per_delivery", people=people) for name in ("Homing", "mosquitto"))
        found.append((f"W4: CPU per delivery in a group of {people:,.0f} below mosquitto's", f"{number(ours, '{:.2f}')} and {number(theirs, '{:.2f}')} us", verdict(ratio(ours, theirs), 1)))
    lost, acked = (rows.median("W5", "Homing", "crash", key) for key in ("lost", "acked"))
    found.append(("W5: nothing acknowledged is lost by kill -9", f"{number(lost, '{:,.0f}')} of {number(acked, '{:,.0f}')}", verdict(lost, 0)))
    found.append(("W6: ≥ 5,000 resumes/s on one core", f"{number(rows.median('W6', 'Homing', 'storm', 'resumes_per_s'), '{:,.0f}')}/s",
                  verdict(rows.median("W6", "Homing", "storm", "resumes_per_s"), 5000, more=True)))
    spike = rows.median("W6", "Homing", "storm", "memory_spike")
    found.append(("W6: memory at the peak of the storm ≤ 1.3 times that of before", f"{number(spike, '{:.2f}')} times", verdict(spike, 1.3)))
    grown = [(row["accounts"], row["server_us_per_message"]) for row in rows.of("W8", "Homing", "growth")]
    if len(set(accounts for accounts, _ in grown)) > 1:
        few, many = min(grown)[0], max(grown)[0]
        a, b = (rows.median("W8", "Homing", "growth", "server_us_per_message", accounts=n) for n in (few, many))
        found.append((f"W8: CPU per message flat within 20 % from {few:,} to {many:,} accounts", f"{number(a)} and {number(b)} us: {(b / a - 1) * 100:+.0f} %", verdict(b / a, 1.2)))
    tls = rows.median("W9", "Homing", "idle", "kib_per_connection")
    found.append(("W9: ≤ 16 KiB per idle TLS connection", f"{number(tls)} KiB", verdict(tls, 16)))
    short, all_of = (rows.median("W9", "Homing", "storm", key) for key in ("short_handshakes", "connections"))
    found.append(("W9: reconnections resume their TLS session", f"{number(short, '{:,.0f}')} of {number(all_of, '{:,.0f}')}", verdict(ratio(short, all_of), 1, more=True)))
    return found


def table(rows):
    return "| goal | measured | |\n|---|---|---|\n" + "\n".join("| " + " | ".join(goal) + " |" for goal in goals(rows)) + "\n"
