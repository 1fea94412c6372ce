import { wire } from "../../pve";
import type { Texts } from "../kernel/fields/codec";
import { changeOfTexts, fromTexts, textsOf, toTexts, type MappedFields } from "../kernel/fields/mapping";
import type { Pve } from "../kernel/session/pve-session";
import { turnOfNetworks } from "../network/turn-of-networks";
import { SdnLock } from "./sdn-lock";

type Values = Readonly<Record<string, unknown>>;

/** IPAM and DNS servers: what Proxmox keeps of them is not staged, it asks the server itself before it writes. */
export function serverTable(collection: "ipams" | "dns", key: string) {
  const path = `/cluster/sdn/${collection}`;
  const request = async (
    pve: Pve,
    method: "GET" | "POST" | "PUT" | "DELETE",
    at: string,
    params: Texts = {},
  ): Promise<unknown> => (await pve.process.connection.transport.request(method, at, params)).data;
  /** They are under the lock of SDN too: not while this process holds it, and when somebody else does, later. */
  const change = (pve: Pve, method: "POST" | "PUT" | "DELETE", at: string, params: Texts = {}): Promise<unknown> =>
    turnOfNetworks(pve, () => {
      const { signal } = pve;
      signal?.throwIfAborted();
      const { connection } = pve.process;
      const lock = new SdnLock(connection, connection.clock, signal, isNever, () => undefined);
      return lock.releasing(() => request(pve, method, at, params));
    });
  return {
    list: async (pve: Pve): Promise<ReadonlyMap<string, wire.WireObject>> => {
      const rows = await request(pve, "GET", path);
      return new Map(wire.list(rows).map((row) => [wire.string(row[key]) ?? "", row]));
    },
    read: async (pve: Pve, name: string): Promise<wire.WireObject | undefined> => {
      const row = wire.object(await request(pve, "GET", `${path}/${name}`));
      return row[key] === name ? row : undefined;
    },
    create: (pve: Pve, name: string, type: string, fields: MappedFields, inputs: Values) =>
      change(pve, "POST", path, { [key]: name, type, ...toTexts(fields, inputs) }),
    update: (pve: Pve, name: string, sent: Texts) => change(pve, "PUT", `${path}/${name}`, sent),
    remove: (pve: Pve, name: string) => change(pve, "DELETE", `${path}/${name}`),
  };
}

const isNever = async (): Promise<boolean> => false;

/** What must be sent so that it is as wanted; undefined when nothing. */
export function serverChange(
  fields: MappedFields,
  row: wire.WireObject,
  inputs: Values,
  was: Values,
): Texts | undefined {
  const change = changeOfTexts(fields, textsOf(row), inputs, was);
  if (Object.keys(change.set).length === 0 && change.delete.length === 0) return undefined;
  return { ...change.set, ...(change.delete.length > 0 ? { delete: change.delete.join(",") } : {}) };
}

/** It in the terms of the inputs; a field that is not there is undefined. */
export function serverInputs(fields: MappedFields, row: wire.WireObject, wanted: Values): Record<string, unknown> {
  const live = fromTexts(fields, textsOf(row), wanted);
  return { ...wanted, ...Object.fromEntries(Object.keys(fields).map((name) => [name, live[name]])) };
}
