import { isProxmoxError } from "../../../pve";
import { milliseconds } from "../../kernel/call/duration";
import { showProblem, type Problem } from "../../kernel/state/problems";
import type { ClusterQdeviceInputs } from "../cluster-qdevice.model";
import { clusterView, type ClusterView } from "../cluster-view";
import { changeOnce, LEAST_MS } from "../links/link-change";
import { qnetdPort, type QdeviceNode } from "./qdevice-node";
import { algorithmOf, nodeOf, qnetdOf, survey, type Setting, type Survey } from "./survey";

/** So long the daemons may take until QNetd's vote has come to every node. */
const VOTING_MS = 60_000;
/** So long all of them may take to be started. */
const START_MS = 60_000;
/** After the device is in the file: its daemons, its vote, and a whole change of the file to take it back. */
const TAKING_BACK_MS = START_MS + VOTING_MS + LEAST_MS;
/** The device is put into the file only with so much time left. */
const ADDING_MS = LEAST_MS + TAKING_BACK_MS;
/** Certificates come before it. */
const CERTIFICATES_MS = 120_000;

/** Times in which what was begun could not be brought to an end, nor be taken back. */
export function timeProblems({ timeouts }: Pick<ClusterQdeviceInputs, "timeouts">): Problem[] {
  const least = { create: CERTIFICATES_MS + ADDING_MS, update: TAKING_BACK_MS, delete: LEAST_MS + START_MS };
  return (["create", "update", "delete"] as const).flatMap((operation) => {
    const said = timeouts?.[operation];
    if (said === undefined || milliseconds(said) >= least[operation]) return [];
    const minutes = least[operation] / 60_000;
    return [
      {
        path: `timeouts.${operation}`,
        message: `is ${said}, in which a QDevice that gives no vote could not be taken back: write ${minutes}m or more, or leave it out`,
      },
    ];
  });
}

/** It comes to nothing, and is to be taken back. */
export class NoVote extends Error {
  override readonly name = "NoVote";
}

/** Looked at directly before anything is changed. */
export async function assertReady(setting: Setting): Promise<{ readonly view: ClusterView; readonly seen: Survey }> {
  const view = await clusterView(setting.pve);
  const seen = await survey(setting, view, { preview: false });
  if (seen.problems.length > 0) throw new Error(["nothing was changed:", ...seen.problems.map(showProblem)].join("\n"));
  return { view, seen };
}

/** Brings the certificates to all nodes; what an earlier run has brought stays. Returns the fingerprint of QNetd's authority. */
export async function bringCertificates(setting: Setting, view: ClusterView, seen: Survey): Promise<string> {
  const { call, inputs } = setting;
  const { cluster } = inputs;
  const qnetd = await qnetdOf(setting);
  if (!qnetd) throw new Error(`QNetd at ${inputs.host} cannot be reached by SSH: there is no key`);
  const kindOf = (name: string) => seen.stores.get(name)?.kind;
  const nodes = new Map<string, QdeviceNode>();
  for (const { name } of view.members) nodes.set(name, await nodeOf(setting, name));
  if (!seen.authority) {
    call.report.progress("QNetd makes its authority");
    await call.safePoint();
    await qnetd.makeAuthority();
    for (const [name, node] of nodes)
      if (!(await node.reaches(inputs.host)))
        throw new Error(
          `${name} does not reach port ${qnetdPort} of ${inputs.host}, where QNetd was started; no node was changed. Look at routes and firewalls`,
        );
  }
  const authority = seen.authority ?? (await qnetd.authority());
  if (!authority)
    throw new Error(`QNetd at ${inputs.host} has made no authority; look at corosync-qnetd-certutil -i there`);
  for (const [name, node] of nodes) {
    if (kindOf(name) !== "none") continue;
    call.report.progress(`${name}: trusts QNetd`);
    await call.safePoint();
    await node.trust(authority.text);
  }
  const first = [...nodes].find(([name]) => kindOf(name) === "ready") ?? [...nodes][0];
  if (!first) throw new Error(`cluster ${cluster} lists no nodes`);
  if (kindOf(first[0]) !== "ready") {
    call.report.progress(`${first[0]}: is signed by QNetd`);
    await call.safePoint();
    const request = await first[1].request(cluster);
    await first[1].takeSigned(await qnetd.sign(cluster, request, authority.certificate));
  }
  const late = [...nodes].filter(([name]) => name !== first[0] && kindOf(name) !== "ready");
  if (late.length > 0) {
    await call.safePoint();
    const exported = await first[1].exported();
    try {
      for (const [name, node] of late) {
        call.report.progress(`${name}: takes the certificate`);
        await node.take(exported);
      }
    } finally {
      exported.fill(0);
    }
  }
  // Success is what every node has then.
  for (const [name, node] of nodes) {
    await node.removeTemporary();
    const store = await node.store(cluster, authority.certificate);
    if (store.kind !== "ready")
      throw new Error(
        `${name} has no certificate for QNetd (${store.kind === "strange" ? store.why : store.kind}), although no command has failed; corosync.conf is left as it is`,
      );
  }
  return authority.certificate.fingerprint256;
}

/** The section of corosync.conf, as `pvecm qdevice setup` writes it. */
const sectionOf = (setting: Setting): readonly string[] => {
  const { host } = setting.inputs;
  const algorithm = algorithmOf(setting.inputs);
  return [
    "  device {",
    "    model: net",
    "    net {",
    `      algorithm: ${algorithm}`,
    `      host: ${host}`,
    "      tls: on",
    "    }",
    // Without it corosync reckons them itself, which lms needs.
    ...(algorithm === "ffsplit" ? ["    votes: 1"] : []),
    "  }",
  ];
};

/** The device in corosync's file, which all nodes then have. */
export async function addDevice(setting: Setting, view: ClusterView): Promise<void> {
  const { inputs, call } = setting;
  if (call.remainingMs() < ADDING_MS)
    throw new Error(
      `the QDevice at ${inputs.host} was not put into corosync.conf: less than ${ADDING_MS / 60_000} minutes are left, in which one that gives no vote could not be taken back. Certificates stay where they are; run this again, or raise timeouts.${call.operation}`,
    );
  const members = view.members.map(({ name }) => name);
  await changeOnce(
    { ...setting, cluster: inputs.cluster },
    { what: `adds the QDevice at ${inputs.host}`, device: { members, host: inputs.host, lines: sectionOf(setting) } },
  );
}

/**
 * Daemons that do not run are started; then, or with `all`, QNetd's vote has to come to every node. Without `all` who is offline is let
 * be. Returns where it is not, and how it is there.
 */
export async function bringVotes(setting: Setting, all: boolean, isNew = false): Promise<string[]> {
  const { call, pve, inputs } = setting;
  const view = await clusterView(pve);
  const nodes = new Map<string, QdeviceNode>();
  const away = all ? [] : view.members.filter(({ online }) => !online).map(({ name }) => name);
  for (const { name } of view.members) if (!away.includes(name)) nodes.set(name, await nodeOf(setting, name));
  const late = async (): Promise<string[]> => {
    const states = await Promise.all([...nodes].map(async ([name, node]) => ({ name, ...(await node.state()) })));
    return states.filter(({ state }) => state !== "voting").map(({ name, state }) => `${name}: ${state}`);
  };
  // What is to be taken back needs its time.
  const kept = isNew ? LEAST_MS : 0;
  let started = false;
  for (const [name, node] of nodes) {
    if (await node.isRunning()) continue;
    started = true;
    if (isNew && call.remainingMs() < kept + START_MS)
      throw new NoVote(`${name} was not started, for the time that is left is needed to take the QDevice back`);
    call.report.progress(`${name}: starts corosync-qdevice`);
    await call.safePoint();
    await node.start();
  }
  const offline = away.map((name) => `${name}: offline`);
  if (!started && !all) return [...(await late()), ...offline];
  await pve.until(
    `the vote of QNetd at ${inputs.host} on all nodes`,
    async () => {
      try {
        const missing = await late();
        return missing.length === 0 ? { done: true } : { pending: missing.join(", ") };
      } catch (error) {
        if (!isProxmoxError(error) || call.signal.aborted) throw error;
        return { pending: error.message };
      }
    },
    Math.max(1, Math.min(VOTING_MS, call.remainingMs() - kept)),
  );
  return offline;
}
