import { declaredTwice } from "../checks/declared-twice";
import { isProxmoxError } from "../../pve";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { cephConfigModel, differences, type CephConfigInputs } from "./ceph-config.model";
import { globalOf, type GlobalConf } from "./global-conf";
import { ifConfigured, ifThere, readConf } from "./readiness";

interface CephConfigOutputs {
  readonly node: string;
  /** Identity of the Ceph cluster. */
  readonly fsid: string;
}

type Initialised = GlobalConf & { readonly fsid: string };

/** Undefined when Proxmox says that Ceph is not initialised. */
async function look(pve: Pve, node: string): Promise<Initialised | undefined> {
  const text = await ifConfigured(() => readConf(pve, node));
  const conf = text === undefined ? undefined : globalOf(text);
  if (!conf) return undefined;
  const { fsid } = conf;
  if (fsid === undefined) throw new Error("ceph.conf has a section [global] without an fsid; complete it by hand");
  return { ...conf, fsid };
}

const whatToDo =
  "A running Ceph is not given other values by this resource: describe them as they are, or change them by hand first " +
  "(networks with their monitors and OSDs one after the other)";

function refuseOther(wanted: Partial<CephConfigInputs>, live: GlobalConf): void {
  const found = differences(wanted, live).map(({ path, is }) => `${path} ${is}`);
  if (found.length > 0) throw new Error(`Ceph is initialised otherwise: ${found.join(", ")}. ${whatToDo}`);
}

export const cephConfigProvider = (session: Session) => {
  return define<CephConfigInputs, CephConfigOutputs>(
    {
      kind: "CephConfig",
      model: cephConfigModel,
      outputs: ["node", "fsid"],
      timeouts: { create: "5m", update: "2m", delete: "1m", read: "2m" },
      async inspect(call, inputs): Promise<Problem[]> {
        const { node } = inputs;
        if (node === undefined) return [];
        const problems: Problem[] = declaredTwice(session, call, "", "Ceph's configuration belongs to");
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        try {
          const live = await ifThere(() => look(pve, node));
          const other = live ? differences(inputs, live) : [];
          return [...problems, ...other.map(({ path, is }) => ({ path, message: `${is}. ${whatToDo}` }))];
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          return [...problems, { path: "node", message: `ceph.conf cannot be read: ${error.message}` }];
        }
      },
      async lookup(call, node) {
        const live = await look(await session.node(call, node), node);
        if (!live) throw new Error(`Ceph is not initialised on node ${node}; CephConfig does it`);
        return { id: live.fsid, outputs: { node, fsid: live.fsid } };
      },
      async observe(call, at, wanted) {
        const live = await look(await session.node(call, at.node), at.node);
        // Another Ceph in its place is not this one.
        if (live?.fsid !== at.fsid) return undefined;
        const { publicNetwork, clusterNetwork, size, minSize } = live;
        return {
          inputs: { ...wanted, publicNetwork, clusterNetwork, size, minSize } as Partial<CephConfigInputs>,
          outputs: at,
        };
      },
      async ensure(call, inputs, made) {
        const { node, publicNetwork, clusterNetwork, size, minSize } = inputs;
        const pve = await session.node(call, node);
        let before = false;
        await pve.write(call, {
          what: `initialising Ceph on node ${node}`,
          lock: "cluster:ceph.conf",
          // Done again it would overwrite the networks that are there: it is done only where there is nothing.
          send: async () => {
            const live = await look(pve, node);
            before = live !== undefined;
            if (live) return refuseOther(inputs, live);
            await pve.api.nodes.$(node).ceph.init.$post({
              network: publicNetwork,
              ...(clusterNetwork === undefined ? {} : { "cluster-network": clusterNetwork }),
              ...(size === undefined ? {} : { size }),
              ...(minSize === undefined ? {} : { min_size: minSize }),
            });
          },
          happened: async () => {
            const live = await look(pve, node);
            return live !== undefined && differences(inputs, live).length === 0;
          },
        });
        const live = await look(pve, node);
        if (!live) throw new Error(`Ceph was initialised on node ${node}, and ceph.conf is not there`);
        refuseOther(inputs, live);
        const at = { node, fsid: live.fsid };
        made(live.fsid, at);
        call.report.result(`Ceph ${live.fsid} ${before ? "was initialised already, as described" : "initialised"}`);
        return { id: live.fsid, at };
      },
      async sync(call, at, inputs) {
        const live = await look(await session.node(call, inputs.node), inputs.node);
        if (live) refuseOther(inputs, live);
        return { ...at, node: inputs.node };
      },
      async remove(call, { fsid }) {
        // Monitors and OSDs live by it, on all nodes.
        call.report.result(`Ceph ${fsid} keeps its configuration; it is no longer managed`);
      },
    },
    session,
  );
};
