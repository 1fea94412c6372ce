import { paramError } from "../errors.js";
import { isIp } from "../formats/network.js";

/** Checks the text of /etc/hosts as Proxmox does before it writes it. */
export function checkHosts(text: string): void {
  for (const line of text.split("\n")) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    // Perl's split leaves out what is empty at the end, and nothing at the beginning.
    const [ip = "", ...names] = line.trimEnd().split(/\s+/);
    if (!isIp(ip)) throw paramError({ data: `Invalid IP '${ip}'` });
    for (const name of names) {
      if (!/^[.\-a-zA-Z0-9]+$/.test(name)) throw paramError({ data: `Invalid Hostname '${name}'` });
    }
  }
}

/** The name servers that /etc/resolv.conf has afterwards: those given, each once, numbered anew. */
export function resolverSettings(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const servers = new Set<string>();
  for (const key of ["dns1", "dns2", "dns3"]) {
    const server = given[key];
    if (server && server !== "0.0.0.0") servers.add(server);
  }
  const numbered = [...servers].map((server, index) => [`dns${index + 1}`, server] as const);
  // Of several search domains the first is kept (scenario 41, line 28).
  const search = given["search"]?.trim().split(/\s+/)[0];
  return { ...(search ? { search } : {}), ...Object.fromEntries(numbered) };
}

/** Seconds that a time zone is ahead of UTC at a moment; refuses names that the zone database lacks. */
export function zoneOffset(timezone: string, seconds: number): number {
  if (timezone === "UTC") return 0;
  const parts = zoneFormat(timezone).formatToParts(new Date(seconds * 1000));
  const value = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(
    value("year"),
    value("month") - 1,
    value("day"),
    value("hour"),
    value("minute"),
    value("second"),
  );
  return local / 1000 - seconds;
}

function zoneFormat(timezone: string): Intl.DateTimeFormat {
  const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: timezone, hourCycle: "h23", second: "numeric", ...fields });
  } catch (error) {
    if (error instanceof RangeError) throw paramError({ timezone: "No such timezone" });
    throw error;
  }
}

/** Refuses a time zone that the database lacks. */
export function checkTimezone(timezone: string): void {
  // Names that zone1970.tab lacks are refused, although the machine would know them (scenario 41, line 55).
  const links = /^(?:CET|EET|MET|WET|EST|MST|HST|[A-Z]{3}\d[A-Z]{3})$/;
  if (!/^[A-Z]/.test(timezone) || links.test(timezone)) throw paramError({ timezone: "No such timezone" });
  zoneOffset(timezone, 0);
}
