import type { Params } from "./encode";
import type { WireObject } from "./wire";

type Read<R = WireObject> = (params?: Params) => Promise<R>;
type Write<R> = (params?: Params) => Promise<R>;
/** Answers with a task id. */
type Starts = Write<string>;

/** A guest's indexed keys (`net0`, `scsi30`) go beyond what proxmox-api declares, so these take any parameter. */
interface QemuGuest {
  readonly $delete: Starts;
  readonly config: { readonly $get: Read; readonly $put: Write<null>; readonly $post: Starts };
  readonly pending: { readonly $get: Read<WireObject[]> };
  readonly cloudinit: { readonly $get: Read<WireObject[]>; readonly $put: Write<null> };
  readonly clone: { readonly $post: Starts };
  readonly template: { readonly $post: Write<string | null> };
  readonly resize: { readonly $put: Write<string | null> };
  readonly move_disk: { readonly $post: Starts };
  readonly migrate: { readonly $get: Read; readonly $post: Starts };
  readonly feature: { readonly $get: Read };
  readonly status: {
    readonly current: { readonly $get: Read };
    readonly start: { readonly $post: Starts };
    readonly stop: { readonly $post: Starts };
    readonly shutdown: { readonly $post: Starts };
    readonly reboot: { readonly $post: Starts };
    readonly reset: { readonly $post: Starts };
    readonly suspend: { readonly $post: Starts };
    readonly resume: { readonly $post: Starts };
  };
  readonly agent: {
    $(command: string): { readonly $get: Read; readonly $post: Write<WireObject> };
  };
}

interface Storages {
  readonly $get: Read<WireObject[]>;
  $(storage: string): {
    readonly status: { readonly $get: Read };
    readonly content: {
      readonly $get: Read<WireObject[]>;
      readonly $post: Write<string>;
      $(volume: string): { readonly $get: Read; readonly $put: Write<null>; readonly $delete: Write<string | null> };
    };
    readonly "download-url": { readonly $post: Starts };
  };
}

interface Node {
  readonly status: { readonly $get: Read; readonly $post: Write<null> };
  readonly version: { readonly $get: Read };
  readonly tasks: {
    readonly $get: Read<WireObject[]>;
    $(upid: string): {
      readonly $delete: Write<null>;
      readonly status: { readonly $get: Read };
      readonly log: { readonly $get: Read<WireObject[]> };
    };
  };
  readonly network: {
    readonly $get: Read<WireObject[]>;
    readonly $post: Write<null>;
    readonly $put: Starts;
    readonly $delete: Write<null>;
    $(iface: string): { readonly $get: Read; readonly $put: Write<null>; readonly $delete: Write<null> };
  };
  readonly qemu: {
    readonly $get: Read<WireObject[]>;
    readonly $post: Starts;
    $(vmid: number): QemuGuest;
  };
  readonly storage: Storages;
  readonly config: { readonly $get: Read; readonly $put: Write<null> };
  readonly "query-url-metadata": { readonly $get: Read };
}

interface Collection<Key extends string | number = string> {
  readonly $get: Read<WireObject[]>;
  readonly $post: Write<unknown>;
  $(id: Key): { readonly $get: Read; readonly $put: Write<unknown>; readonly $delete: Write<unknown> };
}

/**
 * Endpoints whose replies proxmox-api's declarations promise too much about (a string where a number is declared, a
 * key that is missing): here they are wire objects, to be read with wire.ts, and parameters may be any. What the
 * declarations lack altogether is in overlay.generated.ts.
 */
export interface Overlay {
  readonly version: { readonly $get: Read };
  readonly cluster: {
    readonly status: { readonly $get: Read<WireObject[]> };
    readonly resources: { readonly $get: Read<WireObject[]> };
    readonly tasks: { readonly $get: Read<WireObject[]> };
    readonly nextid: { readonly $get: Read<string> };
    readonly options: { readonly $get: Read; readonly $put: Write<null> };
    readonly config: {
      readonly $post: Starts;
      readonly join: { readonly $get: Read; readonly $post: Starts };
      readonly nodes: {
        readonly $get: Read<WireObject[]>;
        $(node: string): { readonly $post: Write<WireObject>; readonly $delete: Write<null> };
      };
      readonly totem: { readonly $get: Read };
      readonly qdevice: { readonly $get: Read };
    };
    readonly ha: {
      readonly resources: Collection;
      readonly status: {
        readonly current: { readonly $get: Read<WireObject[]> };
        readonly manager_status: { readonly $get: Read };
      };
    };
    readonly sdn: {
      readonly $put: Starts;
      readonly zones: Collection;
      readonly vnets: {
        readonly $get: Read<WireObject[]>;
        readonly $post: Write<null>;
        $(vnet: string): {
          readonly $get: Read;
          readonly $put: Write<null>;
          readonly $delete: Write<null>;
          readonly subnets: Collection;
        };
      };
      readonly controllers: Collection;
    };
    readonly backup: Collection;
    readonly jobs: { readonly "realm-sync": Collection };
    readonly mapping: { readonly pci: Collection; readonly usb: Collection; readonly dir: Collection };
  };
  readonly nodes: {
    readonly $get: Read<WireObject[]>;
    $(node: string): Node;
  };
  readonly storage: Collection;
  readonly pools: Collection & { readonly $put: Write<null>; readonly $delete: Write<null> };
  readonly access: {
    readonly domains: Collection;
    readonly groups: Collection;
    readonly roles: Collection;
    readonly acl: { readonly $get: Read<WireObject[]>; readonly $put: Write<null> };
    readonly permissions: { readonly $get: Read };
    readonly password: { readonly $put: Write<null> };
    readonly users: {
      readonly $get: Read<WireObject[]>;
      readonly $post: Write<null>;
      $(userid: string): {
        readonly $get: Read;
        readonly $put: Write<null>;
        readonly $delete: Write<null>;
        readonly token: {
          readonly $get: Read<WireObject[]>;
          $(tokenid: string): {
            readonly $get: Read;
            readonly $post: Write<WireObject>;
            readonly $put: Write<WireObject>;
            readonly $delete: Write<null>;
          };
        };
      };
    };
  };
}
