import { z } from "zod";
import { fields, optional, required } from "../../kernel/fields/field";
import { fromMap, part, partsIn, toMap, type Part, type Properties } from "../../kernel/fields/property";

const mac = /^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/i;

const vlan = z.number().int().min(1, "a VLAN tag is 1 to 4094").max(4094, "a VLAN tag is 1 to 4094");
const models = [
  ...["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3", "e1000-82540em", "e1000-82544gc", "e1000-82545em", "i82551"],
  ...["i82557b", "i82559er", "ne2k_isa", "ne2k_pci", "pcnet"],
] as const;

/** An option of a device that is taken up as it is. */
const live = (key: string, kind?: Part["kind"], unset?: Part["unset"]) => ({
  ...part(key, kind, unset),
  effect: "live" as const,
});

/** One network device of a VM; its place in the list is its number (`net0`, `net1`, ...). */
export const networkSchema = fields({
  bridge: required(
    "Bridge or SDN vnet on the node.",
    z
      .string()
      .min(1, "name the bridge, such as vmbr0")
      .regex(
        /^[-_.\w]*$/,
        "write the name of the bridge alone, such as vmbr0; options have fields of their own, such as vlan",
      ),
    live("bridge"),
  ),
  model: optional(
    "Model of the device. A change unplugs and plugs the device.",
    z.enum(models, "write virtio, e1000, e1000e, rtl8139 or vmxnet3"),
    { key: "model", unset: "virtio" },
  ),
  mac: optional(
    "MAC address. A change unplugs and plugs the device.",
    z.string().regex(mac, "write a unicast MAC address such as BC:24:11:00:00:01"),
    { default: "chosen by Proxmox at creation and kept" },
  ),
  vlan: optional("VLAN tag, 1-4094.", vlan, live("tag", "number")),
  trunks: optional(
    'VLANs let through beside the tag, each a number or a range such as `"10-20"`.',
    z.array(z.union([vlan, z.string().regex(/^\d+-\d+$/)], 'write a VLAN tag, or a range such as "10-20"')),
    live("trunks", "list"),
  ),
  firewall: optional("Apply Proxmox's firewall to this device.", z.boolean(), live("firewall", "flag", false)),
  rateMBps: optional(
    "Rate limit in MB/s.",
    z.number().positive("write a rate in MB/s above 0"),
    live("rate", "number"),
  ),
  mtu: optional(
    "MTU of a virtio device; 1 = that of the bridge. A change unplugs and plugs the device.",
    z.number().int().min(1, "an MTU is 1 (as the bridge) or 576 to 65520").max(65520, "an MTU is at most 65520"),
    part("mtu", "number"),
  ),
  queues: optional(
    "Packet queues of a virtio device. A change unplugs and plugs the device.",
    z.number().int().min(0, "0 to 64 queues").max(64, "0 to 64 queues"),
    part("queues", "number"),
  ),
  disconnected: optional("Cable pulled.", z.boolean(), live("link_down", "flag", false)),
});

export type Network = z.infer<typeof networkSchema>;
const defaultModel = "virtio";

/** Keys of a device's property string whose value is a MAC address. */
export const macKeys: ReadonlySet<string> = new Set([...models, "macaddr"]);

const options: Properties = { primary: "model", parts: partsIn(networkSchema) };

/** A device as its property string holds it; the model is the key of the MAC address. */
export function networkOf(raw: Readonly<Record<string, string>>): Network {
  const model = models.find((name) => raw[name] !== undefined) ?? raw["model"] ?? defaultModel;
  const mac = raw[model] ?? raw["macaddr"];
  const { trunks, ...others } = fromMap(options, raw, undefined) as Partial<Network>;
  return {
    bridge: "",
    model: model as NonNullable<Network["model"]>,
    ...(mac ? { mac } : {}),
    ...(trunks ? { trunks: trunks.map((item) => (String(item).includes("-") ? item : Number(item))) } : {}),
    ...others,
  };
}

/**
 * The property string of a device, over what it holds now: the MAC stays (Proxmox would make a new one), and so do
 * options that the user does not manage. `was` tells which ones the user has stopped managing: those are cleared.
 */
export function networkString(wanted: Network, now: Readonly<Record<string, string>>, was?: Network): string {
  const present = networkOf(now);
  const model = wanted.model ?? present.model ?? defaultModel;
  const address = wanted.mac ?? (models.some((name) => now[name]) ? present.mac : undefined);
  const kept = { ...now };
  for (const name of [...models, "model", "macaddr", ...Object.keys(toMap(options, was))]) delete kept[name];
  const rest = Object.entries({ ...kept, ...toMap(options, wanted) }).map(([key, value]) => `${key}=${value}`);
  return [address ? `${model}=${address}` : model, ...rest].join(",");
}
