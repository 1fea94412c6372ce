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
    /** What the change has left in the file, or what the first start of the script has found there: before it is under way. */
    written: `${base}.written`,
    /** On its way to be that: what was there when the old file was first to be put back. */
    found: `${base}.found`,
    /** What was there when the old file was put back. */
    replaced: `${base}.replaced`,
    /** The old file; empty where there was none, which means the same. */
    armed: `${base}.armed`,
    stopped: `${base}.stopped`,
    restoring: `${base}.restoring`,
    restored: `${base}.restored`,
    kept: `${base}.kept`,
    /** A firewall that was started again is stopped again. */
    halted: `${base}.halted`,
    /** This arming has stopped the daemon, and starts it with the old file. */
    ownHalts: daemons.map((daemon) => ownHalt(arming, daemon)),
  };
};

/**
 * Tells that a switch, whose ever, has stopped this daemon: until whoever starts it removes this. No later arming, and no other
 * stack, forgets it.
 */
export const haltedFile = (daemon: string): string => `${home}/halted-${daemon}`;
const ownHalt = (arming: string, daemon: string): string => `${home}/${arming}.halted-${daemon}`;

/**
 * Puts the old file back, unless it was found in order, or somebody else has changed it. It may be begun again at any
 * point, and on several nodes at once: they write copies of names of their own and move them into the one place.
 */
export function restoring(node: string, arming: string, file: string): string {
  const { armed, restoring: old, restored, kept, written, found, replaced } = filesOf(arming);
  const copy = `${file}.pulumi-${checkedName(node)}`;
  return [
    "#!/bin/sh",
    "# Puts the firewall back as it was before a change by pulumi-proxmox-cluster that nobody has found in order.",
    "set -e",
    `if test -e ${armed}; then`,
    // Without quorum it is begun again for hours: what somebody else writes by then is not what this change has left.
    `if ! test -e ${written}; then`,
    `if test -e ${file}; then`,
    `cp -- ${file} ${found}`,
    "else",
    `cp -- /dev/null ${found}`,
    "fi",
    `mv -- ${found} ${written}`,
    "fi",
    `mv -- ${armed} ${old}`,
    "fi",
    `if ! test -e ${old}; then`,
    "exit 0",
    "fi",
    `if test -e ${file}; then`,
    `cp -- ${file} ${replaced}`,
    "else",
    `cp -- /dev/null ${replaced}`,
    "fi",
    `if cmp -s -- ${replaced} ${old}; then`,
    `echo '${file} is as it was before the change'`,
    `elif test -e ${written} && ! cmp -s -- ${replaced} ${written}; then`,
    `echo '${file} was changed by somebody else since; it is left alone'`,
    `mv -- ${old} ${kept}`,
    "exit 0",
    `elif test -s ${old}; then`,
    `cp -- ${old} ${copy}`,
    `mv -- ${copy} ${file}`,
    `echo '${file} is put back as it was before the change'`,
    "else",
    `rm -f -- ${file}`,
    `echo '${file} is removed again: it was not there before the change'`,
    "fi",
    // The old file is good: with it the nodes were reached. What an earlier arming has stopped may have been stopped for this file.
    ...daemons.flatMap((daemon) => [
      `if test -e ${ownHalt(arming, daemon)}; then`,
      `systemctl start ${daemon}.service`,
      `rm -f -- ${haltedFile(daemon)}`,
      `rm -f -- ${ownHalt(arming, daemon)}`,
      "fi",
    ]),
    `mv -- ${old} ${restored}`,
    "",
  ].join("\n");
}

/**
 * Where the file could not be put back in time, because without quorum nobody may write it, the filter itself goes: it touches
 * nothing of the cluster's file system, which may hang by then.
 */
export function halting(arming: string): string {
  const { restoring: old } = filesOf(arming);
  return [
    "#!/bin/sh",
    "# Stops the firewall of this node, whose old files could not be put back.",
    "set -e",
    `if ! test -e ${old}; then`,
    "exit 0",
    "fi",
    "echo 'the old firewall could not be put back; the firewall of this node is stopped'",
    ...daemons.flatMap((daemon) => [
      `if systemctl is-active --quiet ${daemon}.service; then`,
      `cp -- /dev/null ${haltedFile(daemon)}`,
      `cp -- /dev/null ${ownHalt(arming, daemon)}`,
      `systemctl stop ${daemon}.service`,
      "fi",
    ]),
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
    ...daemons.flatMap((daemon) => [
      `if test -e ${haltedFile(daemon)}; then`,
      `systemctl stop ${daemon}.service`,
      "fi",
    ]),
    `mv -- ${open} ${halted}`,
    "",
  ].join("\n");
}
