/**
 * The path of a parameter below /proc/sys. A name parts by dots or by slashes, as its first one says; the other one then
 * is a part's own: `net.ipv4.conf.eth0/5.forwarding` is `net/ipv4/conf/eth0.5/forwarding` (sysctl(8)).
 */
export const parameterPath = (name: string): string =>
  /[./]/.exec(name)?.[0] === "." ? name.replace(/[./]/g, (found) => (found === "." ? "/" : ".")) : name;

/** The kernel parts numbers by tabs; people by spaces. */
export const plainValue = (value: string): string => value.replace(/\s+/g, " ").trim();

const line = /^# Written by pulumi-proxmox-cluster for (\S+); changes are overwritten$/;

export function printSysctl(mark: string, values: Readonly<Record<string, string>>): string {
  const lines = Object.keys(values)
    .sort()
    .map((name) => `${name} = ${plainValue(values[name] ?? "")}\n`);
  return `# Written by pulumi-proxmox-cluster for ${mark}; changes are overwritten\n${lines.join("")}`;
}

/** What a file sets, and the mark of the resource that has written it. */
export function readSysctl(text: string): { mark?: string; values: Map<string, string> } {
  const [first = "", ...rest] = text.split("\n");
  const mark = line.exec(first)?.[1];
  const values = rest.flatMap((one) => {
    const [, name, value = ""] = /^\s*([^#;\s=][^\s=]*)\s*=(.*)$/.exec(one) ?? [];
    return name === undefined ? [] : [[name, plainValue(value)] as const];
  });
  return { ...(mark === undefined ? {} : { mark }), values: new Map(values) };
}
