/** Kinds of resource mappings: devices or directories of the nodes under one name for the whole cluster. */
export type MappingKind = "pci" | "usb" | "dir";

/** One section of /etc/pve/mapping/KIND.cfg. */
export interface Mapping {
  /** Property strings, one or more per node. */
  map: string[];
  description?: string;
  mdev?: string;
  "live-migration-capable"?: string;
}

export type Mappings = Record<MappingKind, Record<string, Mapping>>;

/** A PCI device of a node as sysfs tells it. */
export type PciDevice = {
  /** `0000:01:00.0`. */
  id: string;
  /** `0x10de`. */
  vendor: string;
  device: string;
  class?: string;
  iommugroup: number;
  subsystem_vendor?: string;
  subsystem_device?: string;
  mdev?: 0 | 1;
};

/** A USB device of a node. */
export type UsbDevice = {
  busnum: number;
  /** `2` or `1.4`. */
  usbpath: string;
  /** Four hexadecimal digits. */
  vendid: string;
  prodid: string;
};
