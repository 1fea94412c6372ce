import { parseProperties, printProperties, type Properties, type PropertyFormat } from "./property-string.js";

const MODELS = new Set([
  "e1000",
  "e1000-82540em",
  "e1000-82544gc",
  "e1000-82545em",
  "e1000e",
  "i82551",
  "i82557b",
  "i82559er",
  "ne2k_isa",
  "ne2k_pci",
  "pcnet",
  "rtl8139",
  "virtio",
  "vmxnet3",
]);

const NET_FORMAT: PropertyFormat = {
  defaultKey: "model",
  booleans: new Set(["firewall", "link_down"]),
  group: { keys: MODELS, name: "model", value: "macaddr" },
};

/** A network device: `model`, `macaddr`, `bridge`, `tag` … as text. */
type NetworkDevice = Properties;

/** Parses a `netN` option. */
export function parseNet(text: string): NetworkDevice {
  return parseProperties(text, NET_FORMAT);
}

/** Prints a `netN` option: model and MAC first, the rest by name. */
export function printNet(net: NetworkDevice): string {
  return printProperties(net, NET_FORMAT);
}

/** Indices of the network devices of a configuration section, ascending. */
export function netIndices(values: Readonly<Record<string, unknown>>): number[] {
  return Object.keys(values)
    .map((key) => /^net(\d+)$/.exec(key)?.[1])
    .filter((index): index is string => index !== undefined)
    .map(Number)
    .sort((one, other) => one - other);
}
