/** What must differ between a recording and a replay is replaced on both sides before they are compared. */

/** Values that a host has of its own: loads, sizes, times, process ids. */
const hostKeys = new Set([
  ...["cpu", "mem", "memhost", "loadavg", "wait", "idle", "ksm", "used", "avail", "free", "available", "used_fraction"],
  ...["uptime", "pid", "pstart", "starttime", "endtime", "ctime", "time", "localtime", "snaptime", "expires", "digest"],
  ...["next-run"],
  ...["netin", "netout", "diskread", "diskwrite", "ssl_fingerprint", "pve_fp", "fingerprint", "config_digest", "value"],
  ...["pressurecpusome", "pressurecpufull", "pressureiosome", "pressureiofull", "pressurememorysome"],
  ...["pressurememoryfull", "password"],
  ...["rx-bytes", "rx-packets", "tx-bytes", "tx-packets"],
  // the commit that a daemon was built from
  "repoid",
  ...[
    "vmgenid",
    "CSRFPreventionToken",
    "corosync_authkey",
    "ticket",
    "upid",
    "saved",
    "uid",
    "mhz",
    "secret",
    "created",
  ],
]);

/** Lists of words in any order. */
const wordListKeys = new Set(["content", "nodes", "privs", "users", "groups", "tags"]);

const patterns: readonly (readonly [RegExp, string | ((match: string, ...groups: string[]) => string)])[] = [
  [/UPID:([^:\s]+):[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:([^:\s]*):([^:\s]*):([^:\s]*):/g, "UPID:$1:$2:$3:$4:"],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>"],
  [/BC:24:11(:[0-9A-F]{2}){3}/g, "<mac>"],
  [/bc:24:11(:[0-9a-f]{2}){3}/g, "<mac>"],
  [/^(mirror-\w+: transferred) .* in \d+s/g, "$1 <progress>"],
  [/([0-9A-F]{2}:){31}[0-9A-F]{2}/g, "<fingerprint>"],
  [/\b[0-9a-f]{40}\b/g, "<sha1>"],
  [/\b[0-9a-f]{64}\b/g, "<sha256>"],
  [/\b[0-9a-f]{4}(?:-[0-9a-f]{4}){3}\b/g, "<recovery key>"],
  [/\$5\$[^$\s]+\$[./0-9A-Za-z]{43}/g, "<hash>"],
  [/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g, "<pem $1>"],
  [/config-\d{10}\.sql/g, "config-<time>.sql"],
  [/ctime=\d+/g, "ctime=<time>"],
  [/\.tmp\.\d+/g, ".tmp.<pid>"],
  [/\.tmp_(dwnl|dcom)\.\d+/g, ".tmp_$1.<pid>"],
  [/(\d+%) +[\d.]+[KMG]?([= ])[\d.]+s/g, "$1 <rate>$2<time>"],
  [/\([\d.]+ [KMG]?B\/s\)/g, "(<rate>)"],
  [/PVE:([^:\s]+):[0-9A-F]{8}::[^"\s]+/g, "PVE:$1:<ticket>"],
  [/\bpid \d+/g, "pid <pid>"],
  [/pveupload-[0-9a-f]+/g, "pveupload"],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+ [+-]\d{4})?/g, "<date>"],
];

export function normaliseText(text: string): string {
  return patterns.reduce((done, [pattern, by]) => done.replace(pattern, by as string), text);
}

/** The order of several failures in one text is that of a Perl hash. */
function sortedLines(text: string): string {
  const [head = "", ...rest] = text.split("\n");
  return [head, ...rest.filter((line) => line !== "").sort()].join("\n");
}

/** Whether the order of a list is part of the answer. */
function keepsOrder(path: string): boolean {
  return /\/(tasks|log|journal|syslog|report)$|\/log$|\/firewall\/rules|rrddata/.test(path);
}

// a lock that others held for a moment, and a program that the recorded machine lacked
const chanceLines =
  /^(trying to acquire lock\.\.\.| OK|trying to acquire cfs lock '.*' \.\.\.|Can't exec "udevadm": .*)$/;

/** A task's log without the lines that depend on who came first; a wait that ends in a timeout stays. */
function withoutChance(body: unknown): unknown {
  const { data, total } = (body ?? {}) as { data?: { n: number; t: string }[]; total?: number };
  if (!Array.isArray(data) || typeof total !== "number" || /got timeout$/.test(data.at(-1)?.t ?? "")) return body;
  const kept = data.filter(({ t }) => !chanceLines.test(t)).map(({ t }, index) => ({ n: index + 1, t }));
  return { ...(body as object), data: kept, total: total - (data.length - kept.length) };
}

/** A reply's body without what must differ. */
export function normalise(body: unknown, path: string, key = ""): unknown {
  const value = key === "" && /\/tasks\/UPID:[^/]+\/log$/.test(path) ? withoutChance(body) : body;
  if (hostKeys.has(key) && value !== null && typeof value !== "object") return `<${key}>`;
  if (hostKeys.has(key) && (key === "loadavg" || key === "ksm")) return `<${key}>`;
  // The API of apt gives a file's checksum as numbers.
  if (key === "digest" && Array.isArray(value)) return `<${key}>`;
  if (typeof value === "string") {
    const text = normaliseText(value);
    if (wordListKeys.has(key)) return text.split(/[,; ]/).sort().join(",");
    return key === "errors" || text.includes("format error") ? sortedLines(text) : text;
  }
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => normalise(item, path));
    if (keepsOrder(path)) return items;
    const keyed = items.map((item) => [JSON.stringify(sortKeys(item)), item] as const);
    return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
  }
  if (typeof value === "object" && value !== null) {
    if (key === "errors") {
      const texts = Object.entries(value as Record<string, string>);
      return Object.fromEntries(texts.map(([name, text]) => [name, sortedLines(normaliseText(text))]));
    }
    const machine = "type" in value && (value.type === "node" || value.type === "storage");
    return Object.fromEntries(
      Object.entries(value).map(([name, sub]) => [
        normaliseText(name),
        machine && name === "disk" ? "<disk>" : normalise(sub, path, name),
      ]),
    );
  }
  return value;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, sub]) => [key, sortKeys(sub)]));
}

/** Where two normalised values differ, one line each. */
export function differences(recorded: unknown, replayed: unknown, at = "body"): string[] {
  if (Object.is(recorded, replayed)) return [];
  if (Array.isArray(recorded) && Array.isArray(replayed)) {
    const lines =
      recorded.length === replayed.length
        ? []
        : [`${at}: ${recorded.length} items recorded, ${replayed.length} replayed`];
    return [
      ...lines,
      ...Array.from({ length: Math.max(recorded.length, replayed.length) }, (_, index) => index).flatMap((index) =>
        differences(recorded[index], replayed[index], `${at}[${index}]`),
      ),
    ];
  }
  if (isObject(recorded) && isObject(replayed)) {
    const keys = [...new Set([...Object.keys(recorded), ...Object.keys(replayed)])].sort();
    return keys.flatMap((key) => differences(recorded[key], replayed[key], `${at}.${key}`));
  }
  return [`${at}: recorded ${show(recorded)}, replayed ${show(replayed)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
