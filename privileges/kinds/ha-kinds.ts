import { call, text, type ApiCall, type KindCalls } from "../calls";
import { right } from "../need";

/** All that HA goes by is looked at before a change: what it does to which guest. */
const looks = [
  call("GET /cluster/resources", {}, right("/vms", "VM.Audit")),
  call("GET /cluster/resources", {}, right("/nodes", "Sys.Audit")),
  call("GET /cluster/ha/resources"),
  call("GET /cluster/ha/rules"),
  call("GET /cluster/ha/status/current"),
  call("GET /nodes/{node}/qemu/{vmid}/status/current"),
  call("GET /nodes/{node}/lxc/{vmid}/status/current"),
];

/** Before a guest that HA has goes it is looked at what HA does without it (0041); others that may not be seen count as running. */
export const guestLeaving: readonly ApiCall[] = [
  call("GET /cluster/ha/resources"),
  call("GET /cluster/ha/rules"),
  call("GET /cluster/ha/status/current"),
  { endpoint: "GET /nodes/{node}/qemu/{vmid}/status/current", need: { all: [] } },
  { endpoint: "GET /nodes/{node}/lxc/{vmid}/status/current", need: { all: [] } },
];

/** The same before one that HA has is stopped for a change of its disks' slots, which few changes need: no plan asks for the right. */
export const guestHalting: readonly ApiCall[] = guestLeaving.map(({ endpoint }) => ({ endpoint, need: { all: [] } }));

/** Before it moves, what HA moves with it; rules are only looked at for their names. */
export const guestMoving = (params: Parameters<typeof call>[1]): ApiCall[] => [
  call("GET /nodes/{node}/qemu/{vmid}/migrate", params),
  { endpoint: "GET /cluster/ha/rules", need: { all: [] } },
];

const quorum = call("GET /cluster/status");

export const haKinds: Readonly<Record<string, KindCalls>> = {
  HaResource: ({ vmid }) => {
    const id = text(vmid);
    const at = id === undefined ? {} : { sid: `vm:${id}` };
    const guest = call("GET /nodes/{node}/qemu/{vmid}/config", id === undefined ? {} : { vmid: id });
    return {
      look: [...looks, guest, call("GET /cluster/ha/resources/{sid}", at)],
      make: [quorum, call("POST /cluster/ha/resources")],
      change: () => [call("PUT /cluster/ha/resources/{sid}", at)],
      remove: [call("DELETE /cluster/ha/resources/{sid}", at)],
    };
  },
  HaRule: ({ rule }, name) => {
    const at = { rule: text(rule) ?? name };
    return {
      look: [...looks, call("GET /cluster/ha/rules/{rule}", at)],
      make: [quorum, call("GET /cluster/ha/status/manager_status"), call("POST /cluster/ha/rules")],
      change: () => [call("PUT /cluster/ha/rules/{rule}", at)],
      remove: [call("DELETE /cluster/ha/rules/{rule}", at)],
    };
  },
};
