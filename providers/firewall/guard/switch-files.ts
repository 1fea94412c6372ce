import { folder } from "../../kernel/way-back/node-timer";
import type { FirewallPlace } from "../place.model";

/** Where a node keeps what a switch needs; root's alone, for the files of a firewall are nobody else's business. */
export const home = `${folder}/firewall`;

/** One for each node, so that systemd itself refuses a second one. */
export const restoreUnit = "pulumi-proxmox-firewall";
/** Stops the firewall of a node that could not put its file back. */
export const haltUnit = `${restoreUnit}-halt`;

/** Which arming of a stack was the last one: what it has left is found by that. `stack`: as it is in the armings' names. */
export const lastFile = (stack: string): string => `${home}/last-${stack}`;

/** Who filters on a node: pve-firewall, or with the option `nftables` the other one. */
export const daemons = ["pve-firewall", "proxmox-firewall"] as const;

/** So much later than the file is put back a node without success stops its firewall. */
export const haltAfterMs = 15_000;

/** The file that a change of this place writes. */
export function fileOf({ node }: FirewallPlace): string {
  return node === undefined ? "/etc/pve/firewall/cluster.fw" : `/etc/pve/nodes/${checkedName(node)}/host.fw`;
}

/** Of what becomes part of a script or a path nothing else may be said. */
function checkedName(node: string): string {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(node)) throw new Error(`"${node}" is no name of a node`);
  return node;
}

/** The files of one arming; nobody else writes them. The old file's name tells what became of it. */
export const filesOf = (arming: string) => {
  const base = `${home}/${arming}`;
  return {
    restore: `${base}.restore.sh`,
    halt: `${base}.halt.sh`,
    /** Which file it is about, and how long after the arming it is put back. */
    term: `${base}.term`,
    /** What the change has left in the file. */
    written: `${base}.written`,
    /** The same as the script has found it, where nobody has noted that. */
    found: `${base}.found`,
    /** On its way to be that. */
    finding: `${base}.finding`,
    /** What is there now. */
    now: `${base}.now`,
    /** Has the time of the file that could not be put back: who writes the same once more gives it another one. */
    seen: `${base}.seen`,
    /** The old file; empty where there was none, which means the same. */
    armed: `${base}.armed`,
    stopped: `${base}.stopped`,
    restoring: `${base}.restoring`,
    restored: `${base}.restored`,
    kept: `${base}.kept`,
    /** A firewall that was started again is stopped again. */
    halted: `${base}.halted`,
    /** This arming has stopped the daemon, and starts it with the old file. */
    ownHalts: daemons.flatMap((daemon) => ownHalts(arming, daemon)),
  };
};

/** What was put aside for the old file, the last one of a stack: no run removes it. */
export const replacedFile = (arming: string): string => `${home}/replaced-${arming.split("-", 1)[0] ?? ""}`;

/**
 * Tell that a switch, whose ever, has stopped this daemon: until whoever starts it removes them. No later arming, and no other
 * stack, forgets it. The second one is for a disk that is full or broken: nobody knows of it after a boot, which starts the daemon.
 */
export const haltedFiles = (daemon: string): readonly [string, string] => [
  `${home}/halted-${daemon}`,
  `${volatile}.halted-${daemon}`,
];
const ownHalts = (arming: string, daemon: string): readonly [string, string] => [
  `${home}/${arming}.halted-${daemon}`,
  `${volatile}.${arming}.halted-${daemon}`,
];

/** What is not on the disk begins with this. */
const volatile = "/run/pulumi-proxmox-firewall";
/** One script at a time on a node, whoever has begun it. Not on the disk, which may be full. */
const lock = `${volatile}.lock`;
/** Only a cluster file system that is mounted has it: without that nothing can be told of what is below /etc/pve. */
const mounted = "/etc/pve/.version";

/** `cmp` has told of two contents, and of no trouble of its own, which would be taken for what somebody else has written. */
const isOther = "test $? -eq 1";

/**
 * Puts the old file back, unless it was found in order, or somebody else has changed it. It may be begun again at any
 * point, and on several nodes at once: they write copies of names of their own and move them into the one place.
 * `isNew`: there was no file before.
 */
export function restoring(node: string, arming: string, file: string, isNew: boolean): string {
  const { armed, restoring: old, restored, kept, written, finding, found, now, seen } = filesOf(arming);
  const copy = `${file}.pulumi-${checkedName(node)}`;
  const leftAlone = [
    `echo '${file} was changed by somebody else since; it is left alone'`,
    `mv -- ${old} ${kept}`,
    "exit 0",
  ];
  const unlessStill = (left: string): string[] => [
    `if cmp -s -- ${now} ${left}; then`,
    `echo '${file} is what the change has left'`,
    "else",
    isOther,
    ...leftAlone,
    "fi",
  ];
  return [
    "#!/bin/sh",
    "# Puts the firewall back as it was before a change by pulumi-proxmox-cluster that nobody has found in order.",
    "set -e",
    `exec 9>${lock}`,
    "if ! flock -w 10 9; then",
    "echo 'another one is at work'",
    "exit 1",
    "fi",
    // First of all: what stops the firewall instead looks for this.
    `if test -e ${armed}; then`,
    `mv -- ${armed} ${old}`,
    "fi",
    `if test -e ${old}; then`,
    `test -e ${mounted}`,
    `if test -e ${file}; then`,
    `cp -- ${file} ${now}`,
    "else",
    `test -e ${mounted}`,
    `cp -- /dev/null ${now}`,
    "fi",
    `if cmp -s -- ${now} ${old}; then`,
    `echo '${file} is as it was before the change'`,
    "else",
    isOther,
    // Without quorum it is begun again for hours: what somebody else writes by then is not what this change has left.
    `if test -e ${written}; then`,
    ...unlessStill(written),
    `elif test -e ${found}; then`,
    ...unlessStill(found),
    "else",
    `cp -- ${now} ${finding}`,
    `mv -- ${finding} ${found}`,
    "fi",
    `if test -e ${seen}; then`,
    `if ! test -e ${file}; then`,
    `test -e ${mounted}`,
    ...leftAlone,
    "fi",
    ...["-nt", "-ot"].flatMap((than) => [`if test ${file} ${than} ${seen}; then`, ...leftAlone, "fi"]),
    "fi",
    `cp -- ${now} ${replacedFile(arming)}`,
    `test -e ${old}`,
    isNew
      ? `if rm -f -- ${file} && test -e ${mounted}; then`
      : `if cp -- ${old} ${copy} && mv -- ${copy} ${file}; then`,
    isNew
      ? `echo '${file} is removed again: it was not there before the change'`
      : `echo '${file} is put back as it was before the change'`,
    "else",
    `if ! test -e ${seen} && test -e ${file}; then`,
    // The kernel remembers times of a FUSE file system for a second: of what was written just now it may have the one before.
    "sleep 2",
    `touch -r ${file} -- ${seen}`,
    "fi",
    "exit 1",
    "fi",
    "fi",
    // The old file is good: with it the nodes were reached. What an earlier arming has stopped may have been stopped for this file.
    ...daemons.flatMap((daemon) => started(arming, daemon, [])),
    `mv -- ${old} ${restored}`,
    "fi",
    // Once more: who is just stopping it looks whether the old file is back, and one of the two sees the other.
    `if test -e ${restored}; then`,
    ...daemons.flatMap((daemon) => started(arming, daemon, notesOf(arming, daemon))),
    "fi",
    "",
  ].join("\n");
}

const notesOf = (arming: string, daemon: string): string[] => [...haltedFiles(daemon), ...ownHalts(arming, daemon)];

/** Starts what this arming has stopped, and removes these notes of it. */
const started = (arming: string, daemon: string, notes: readonly string[]): string[] =>
  ownHalts(arming, daemon).flatMap((own) => [
    `if test -e ${own}; then`,
    `systemctl start ${daemon}.service`,
    ...(notes.length === 0 ? [] : [`rm -f -- ${notes.join(" ")}`]),
    "fi",
  ]);

/**
 * A daemon that hangs, because /etc/pve does, is killed after five seconds (stop_wait_time of PVE/Service/pve_firewall.pm) and
 * leaves its filter in the kernel. What filters the node itself goes, as it does when the daemon ends by itself.
 */
const filtersGone: readonly string[] = [
  ...["iptables", "ip6tables"].flatMap((program) =>
    ["INPUT", "OUTPUT"].flatMap((hook) => [
      `if ${program} -w 10 -C ${hook} -j PVEFW-${hook}; then`,
      `${program} -w 10 -D ${hook} -j PVEFW-${hook}`,
      `echo 'pve-firewall has left its filter behind (${program}, ${hook}); it is taken out of the way'`,
      "fi",
    ]),
  ),
  "if nft delete table inet proxmox-firewall; then",
  "echo 'proxmox-firewall has left its filter behind; it is taken out of the way'",
  "fi",
];

/**
 * Where the file could not be put back in time, because without quorum nobody may write it, the filter itself goes: it touches
 * nothing of the cluster's file system, which may hang by then, and asks nothing of the script that may hang there.
 */
export function halting(arming: string): string {
  const { armed, restoring: old, restored } = filesOf(arming);
  return [
    "#!/bin/sh",
    "# Stops the firewall of this node, whose old files could not be put back.",
    "set -e",
    `if ! test -e ${old} && ! test -e ${armed}; then`,
    "exit 0",
    "fi",
    "echo 'the old firewall could not be put back; the firewall of this node is stopped'",
    ...daemons.flatMap((daemon) => {
      const [[halted, haltedNow], [own, ownNow]] = [haltedFiles(daemon), ownHalts(arming, daemon)];
      return [
        `if systemctl is-active --quiet ${daemon}.service; then`,
        `if cp -- /dev/null ${halted} && cp -- /dev/null ${own}; then`,
        `echo '${daemon} is noted as stopped'`,
        "else",
        `cp -- /dev/null ${haltedNow}`,
        `cp -- /dev/null ${ownNow}`,
        "fi",
        `systemctl stop ${daemon}.service`,
        `if test -e ${restored}; then`,
        "echo 'the old firewall was put back in this moment'",
        `systemctl start ${daemon}.service`,
        `rm -f -- ${notesOf(arming, daemon).join(" ")}`,
        "fi",
        "fi",
      ];
    }),
    `if ! test -e ${restored}; then`,
    ...filtersGone,
    "fi",
    "",
  ].join("\n");
}

/** Stops a firewall again that was started again, and that nobody has found in order. */
export function haltingAgain(arming: string): string {
  const { armed, restoring: open, halted } = filesOf(arming);
  return [
    "#!/bin/sh",
    "# Stops the firewall of this node, which was started again and was not found in order.",
    "set -e",
    `if test -e ${armed}; then`,
    `mv -- ${armed} ${open}`,
    "fi",
    `if ! test -e ${open}; then`,
    "exit 0",
    "fi",
    "echo 'the firewall that was started again was not found in order; it is stopped again'",
    ...daemons.flatMap((daemon) =>
      haltedFiles(daemon).flatMap((note) => [`if test -e ${note}; then`, `systemctl stop ${daemon}.service`, "fi"]),
    ),
    ...filtersGone,
    `mv -- ${open} ${halted}`,
    "",
  ].join("\n");
}
