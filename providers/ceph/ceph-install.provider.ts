import { declaredTwice } from "../checks/declared-twice";
import { isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { cephInstallModel, type CephInstallInputs } from "./ceph-install.model";
import { install, installedOn, sshProblems, type Installed } from "./over-ssh";
import { readConf } from "./readiness";

interface CephInstallOutputs {
  readonly node: string;
  /** `20.2.1` */
  readonly version: string;
}

export const cephInstallProvider = (session: Session) => {
  return define<CephInstallInputs, CephInstallOutputs>(
    {
      kind: "CephInstall",
      model: cephInstallModel,
      outputs: ["node", "version"],
      timeouts: { create: "30m", update: "5m", delete: "1m", read: "2m" },
      async inspect(call, inputs, was) {
        const { node } = inputs;
        if (node === undefined) return [];
        const problems = declaredTwice(session, call, "node", `Ceph on node ${node} belongs to`);
        if (was?.node === node && was.release === inputs.release) return problems;
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        const without = sshProblems(pve, "installing Ceph");
        return [...problems, ...without, ...(without.length > 0 ? [] : await tellWhatIs(pve, call, inputs, node))];
      },
      async lookup(call, node) {
        const there = await installedOn(await session.node(call, node), call, node);
        if (!there) throw new Error(`node ${node} has no Ceph; CephInstall installs it`);
        return { id: node, outputs: { node, version: there.version } };
      },
      async observe(call, at, wanted) {
        const there = await installedOn(await session.node(call, at.node), call, at.node);
        if (!there) return undefined;
        const release = there.release as CephInstallInputs["release"];
        return { inputs: { ...wanted, node: at.node, release }, outputs: { node: at.node, version: there.version } };
      },
      async ensure(call, { node, release, repository }, made) {
        const pve = await session.node(call, node);
        const before = await installedOn(pve, call, node);
        if (!before) {
          await call.safePoint();
          call.report.progress(`installing Ceph${release === undefined ? "" : ` ${release}`} on node ${node}`);
          await install(pve, call, node, release, repository);
        }
        const there = await installedOn(pve, call, node);
        // What is read back counts, and not how a program ended.
        if (!there) throw new Error(`pveceph install ended on node ${node}, and Ceph is not there`);
        const at = { node, version: there.version };
        made(node, at);
        await untilProxmoxAgrees(pve, call, node);
        refuseOther(node, there, release);
        const how = before ? "has" : "got";
        call.report.result(`node ${node} ${how} Ceph ${there.version} (${there.release})`);
        return { id: node, at };
      },
      async sync(call, at, { release }) {
        const there = await installedOn(await session.node(call, at.node), call, at.node);
        if (there) refuseOther(at.node, there, release);
        return at;
      },
      async remove(call, { node }) {
        // Daemons of this node may run on them, and data need them.
        call.report.result(
          `node ${node} keeps Ceph's packages; they are no longer managed. To remove them: pveceph purge and apt on the node`,
        );
      },
    },
    session,
  );
};

const otherRelease = (node: string, { version, release }: Installed): string =>
  `node ${node} has Ceph ${version} (${release}), and this library upgrades no Ceph: daemons have to be restarted in an ` +
  `order of their own. Write release: "${release}", or upgrade by hand as Proxmox describes it`;

function refuseOther(node: string, there: Installed, release: string | undefined): void {
  if (release !== undefined && there.release !== release) throw new Error(otherRelease(node, there));
}

/** apt goes on for a moment after the program is there; Proxmox takes Ceph for missing until all is done. */
async function untilProxmoxAgrees(pve: Pve, call: Call, node: string): Promise<void> {
  await pve.until(
    `Proxmox to see Ceph on node ${node}`,
    async () => {
      try {
        await readConf(pve, node);
      } catch (error) {
        if (isProxmoxError(error, "unsupported")) return { pending: error.message };
        if (!isProxmoxError(error, "not-found")) throw error;
      }
      return { done: true };
    },
    call.remainingMs(),
  );
}

async function tellWhatIs(
  pve: Pve,
  call: Call,
  { release, repository }: Partial<CephInstallInputs>,
  node: string,
): Promise<Problem[]> {
  try {
    const there = await installedOn(pve, call, node);
    if (there && release !== undefined && there.release !== release)
      return [{ path: "release", message: otherRelease(node, there) }];
    const from = repository ?? "enterprise";
    call.report.result(
      there
        ? `node ${node} has Ceph ${there.version} (${there.release}); it is taken over as it is`
        : `installs Ceph${release === undefined ? "" : ` ${release}`} on node ${node} from repository ${from}`,
    );
    return [];
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return [{ path: "node", message: `it cannot be seen whether Ceph is there: ${error.message}` }];
  }
}
