import { call, object, objects, text, type Args, type ApiCall, type Calls, type KindCalls } from "../calls";
import { guestHalting, guestLeaving, guestMoving } from "./ha-kinds";
import { all, any, oneOf, right, type Need } from "../need";
import { overSsh, sshAddress } from "./node-kinds";

const words = (privilege: string, fields: string): (readonly [string, string])[] =>
  fields.split(" ").map((field) => [field, privilege] as const);

/** What each argument needs of a guest's privileges (check_vm_modify_config_perm in PVE/API2/Qemu.pm). */
const privilegeOf = new Map<string, string>([
  ...words("VM.Config.CPU", "cores sockets vcpus cpu cpuLimit cpuUnits numa numaNodes"),
  ...words("VM.Config.Memory", "memoryMiB balloonMiB shares allowKsm"),
  ...words(
    "VM.Config.HWType",
    "acpi hotplug kvm machine scsiController smbios tablet vga watchdog audio rng serial serials",
  ),
  ...words("VM.Config.HWType", "pci usb"),
  ...words("VM.Config.Disk", "bootOrder disks efiDisk tpm vmStateStorage virtiofs"),
  ...words("VM.Config.Network", "networks"),
  ...words(
    "VM.Config.Options",
    "agent bios description keyboard localTime migrateDowntime migrateSpeedMBps name onBoot osType protection " +
      "guestReboot startDate startup timeDriftFix tags",
  ),
  ...words("VM.PowerMgmt", "freeze started"),
]);

/** What Proxmox lets nobody but root set. */
const rootOnly = new Set(
  "affinity args hookScript hugepages keepHugepages amdSev intelTdx arch sharedMemory spice".split(" "),
);

const places = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter((one) => one !== undefined)),
];

/** Storages that arguments name, for disks of any sort. */
function storagesOf({ disks, efiDisk, tpm, vmStateStorage }: Args): string[] {
  const disk = [...objects(disks), object(efiDisk), object(tpm)].map(({ storage }) => text(storage));
  return places([...disk, text(vmStateStorage)]);
}

const space = (storage: string): Need => right(`/storage/${storage}`, "Datastore.AllocateSpace");

/** A VLAN of a bridge is a path below it, with a right of its own. */
function bridgesOf({ networks }: Args): Need[] {
  return objects(networks).flatMap(({ bridge, vlan, trunks }) => {
    const path = `/sdn/zones/localnetwork/${text(bridge) ?? "*"}`;
    const tags = [text(vlan), ...(Array.isArray(trunks) ? trunks.map(text) : [])].flatMap(tagsIn);
    return tags.length === 0 ? [right(path, "SDN.Use")] : tags.map((tag) => right(`${path}/${tag}`, "SDN.Use"));
  });
}

function tagsIn(range: string | undefined): string[] {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(range ?? "") ?? [];
  if (first === undefined) return [];
  const until = Number(last ?? first);
  return Array.from({ length: Math.max(0, until - Number(first) + 1) }, (_, i) => String(Number(first) + i));
}

function mapped(args: Args): Need[] {
  const of = (kind: string, value: unknown, key = "mapping") =>
    objects(value).flatMap((one) => {
      const id = text(one[key]);
      return id === undefined ? [] : [right(`/mapping/${kind}/${id}`, "Mapping.Use")];
    });
  return [...of("pci", args["pci"]), ...of("usb", args["usb"]), ...of("dir", args["virtiofs"], "directory")];
}

/** A guest that is described by arguments, and what may be done to it. */
class DescribedGuest {
  readonly path: string;
  readonly params: { vmid: string | undefined; node: string | undefined };

  constructor(
    readonly args: Args,
    vmid = text(args["vmid"]),
  ) {
    this.path = `/vms/${vmid ?? "*"}`;
    this.params = { vmid, node: text(args["node"]) };
  }

  may(...privileges: readonly string[]): Need {
    return right(this.path, ...privileges);
  }

  /** What a pool gives reaches its guests. */
  inPool(calls: readonly ApiCall[]): ApiCall[] {
    const pool = text(this.args["pool"]);
    const reached = (need: Need): Need => {
      if (need === "root" || "self" in need) return need;
      if ("all" in need) return all(...need.all.map(reached));
      if ("any" in need) return any(...need.any.map(reached));
      return need.path === this.path ? any(need, { ...need, path: `/pool/${pool ?? "*"}` }) : need;
    };
    return calls.map((one) => (pool === undefined ? one : { ...one, need: reached(one.need) }));
  }

  /** What these arguments need to be set. */
  set(fields: readonly string[]): Need[] {
    const privileges = fields.flatMap((field) => privilegeOf.get(field) ?? []);
    return [
      ...[...new Set(privileges)].map((privilege) => this.may(privilege)),
      ...(fields.some((field) => rootOnly.has(field)) ? (["root"] as const) : []),
      ...(fields.includes("startup") ? [right("/", "Sys.Modify")] : []),
      ...(fields.includes("networks") ? bridgesOf(this.args) : []),
      ...(fields.some((field) => ["pci", "usb", "virtiofs"].includes(field)) ? mapped(this.args) : []),
      ...(fields.includes("cloudInit") ? this.cloudInit() : []),
    ];
  }

  private cloudInit(): Need[] {
    return [any(this.may("VM.Config.Network"), this.may("VM.Config.Cloudinit"))];
  }

  /** Own data are files beside the guest: snippets over SSH, or an image that is uploaded and inserted. */
  data(): ApiCall[] {
    const { userData, networkConfig, vendorData, metaData, via, dataStorage } = object(this.args["cloudInit"]);
    if ([userData, networkConfig, vendorData, metaData].every((one) => one === undefined)) return [];
    const storage = text(dataStorage) ?? "local";
    const params = { ...this.params, storage };
    if (via !== "iso")
      return [
        sshAddress(),
        call("PUT /nodes/{node}/qemu/{vmid}/cloudinit", this.params),
        call("GET /storage/{storage}", params),
        call("GET /nodes/{node}/storage/{storage}/status", params),
        deletes(params),
      ];
    return [
      call("POST /nodes/{node}/storage/{storage}/upload", params),
      call("GET /nodes/{node}/storage/{storage}/content", params),
      deletes(params),
      call("PUT /nodes/{node}/qemu/{vmid}/config", this.params, this.may("VM.Config.CDROM")),
    ];
  }
}

/** Images and other files are deleted by those alone who may do it with the whole storage. */
const deletes = (params: { readonly node: string | undefined; readonly storage: string | undefined }): ApiCall =>
  call(
    "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
    params,
    right(`/storage/${params.storage ?? "*"}`, "Datastore.Allocate"),
  );

/** What a guest is made of: another guest, a file on a storage, or nothing. */
function source(guest: DescribedGuest): ApiCall[] {
  const { args, params } = guest;
  const { clone, imageVolumeId, cloudImage, iso } = object(args["source"]);
  const volume = text(imageVolumeId) ?? text(cloudImage) ?? text(args["imageVolumeId"]) ?? text(iso);
  const pool = text(args["pool"]);
  const given = ["cores", "memoryMiB", "networks", "disks"].filter((field) => args[field] !== undefined);
  const fields = [...new Set([...Object.keys(args), ...given])];
  const ours = guest.set(fields);
  const stores = storagesOf(args);
  if (clone !== undefined) {
    const { template, full } = object(clone);
    const vmid = typeof template === "number" ? String(template) : undefined;
    const params2 = { ...params, vmid, newid: params.vmid, ...(pool === undefined ? {} : { pool }) };
    const own = stores.length === 0 || full !== true ? ["*"] : stores;
    return [
      call("GET /nodes/{node}/qemu/{vmid}/pending", { vmid }),
      call(
        "POST /nodes/{node}/qemu/{vmid}/clone",
        params2,
        ...own.map(space),
        right("/sdn/zones/localnetwork/*", "SDN.Use"),
      ),
      call("PUT /nodes/{node}/qemu/{vmid}/config", params, guest.may("VM.Config.Options", "VM.Config.HWType"), ...ours),
      ...(args["disks"] === undefined ? [] : [call("PUT /nodes/{node}/qemu/{vmid}/resize", params)]),
    ];
  }
  const storage = /^([^:]+):/.exec(volume ?? "")?.[1];
  const read =
    volume === undefined ? [] : [oneOf(`/storage/${storage ?? "*"}`, "Datastore.AllocateSpace", "Datastore.Audit")];
  const looked =
    volume === undefined ? [] : [call("GET /nodes/{node}/storage/{storage}/content", { ...params, storage })];
  return [
    ...looked,
    call(
      "POST /nodes/{node}/qemu",
      params,
      ...[guest.may("VM.Allocate", "VM.Config.Options", "VM.Config.HWType"), ...ours, ...stores.map(space), ...read],
    ),
    call("PUT /nodes/{node}/qemu/{vmid}/resize", params),
  ];
}

/** The pool that a guest is in is shown to those alone who may see the pool. */
const pooled = (pool: unknown): ApiCall[] =>
  pool === undefined
    ? []
    : [Object.assign(call("GET /pools"), { shows: right(`/pool/${text(pool) ?? "*"}`, "Pool.Audit") })];

const look = ({ params, args }: DescribedGuest): ApiCall[] => [
  call("GET /cluster/options"),
  call("GET /cluster/resources"),
  call("GET /cluster/tasks"),
  call("GET /nodes/{node}/qemu/{vmid}/pending", params),
  ...pooled(args["pool"]),
  call("GET /nodes/{node}/network"),
];

const removal = (guest: DescribedGuest): ApiCall[] => [
  call("GET /cluster/status"),
  call("GET /nodes/{node}/qemu/{vmid}/snapshot", guest.params),
  call("GET /nodes/{node}/qemu/{vmid}/status/current", guest.params),
  call("DELETE /nodes/{node}/qemu/{vmid}", guest.params),
  ...guestLeaving,
];

const power = ({ params }: DescribedGuest): ApiCall[] =>
  ["start", "shutdown", "reboot", "stop"].map((verb) => call(`POST /nodes/{node}/qemu/{vmid}/status/${verb}`, params));

/** Moves of disks and guests, growth, and the fields themselves. */
function changes(guest: DescribedGuest, fields: readonly string[]): ApiCall[] {
  const { params, args } = guest;
  const pool = text(args["pool"]);
  return [
    call("PUT /nodes/{node}/qemu/{vmid}/config", params, ...guest.set(fields)),
    call("POST /nodes/{node}/qemu/{vmid}/config", params, ...guest.set(fields)),
    call("GET /nodes/{node}/qemu/{vmid}/status/current", params),
    ...(fields.includes("disks")
      ? [
          call("PUT /nodes/{node}/qemu/{vmid}/resize", params, ...storagesOf(args).map(space)),
          call("POST /nodes/{node}/qemu/{vmid}/move_disk", params),
          call("PUT /nodes/{node}/qemu/{vmid}/unlink", params),
          ...guestHalting,
        ]
      : []),
    ...(fields.includes("node") || fields.includes("nodes")
      ? [call("POST /nodes/{node}/qemu/{vmid}/migrate", params), ...guestMoving(params)]
      : []),
    ...(fields.includes("pool") ? [call("PUT /pools", { poolid: pool }, guest.may("VM.Allocate"))] : []),
    ...(fields.includes("cloudInit") ? guest.data() : []),
  ];
}

/** Everything that is done to a guest, also by what its pool gives. */
const ofGuest = (guest: DescribedGuest, { look, make, change, remove }: Calls): Calls => ({
  look: guest.inPool(look),
  make: guest.inPool(make),
  change: (fields) => guest.inPool(change(fields)),
  remove: guest.inPool(remove),
});

/**
 * A static address of a device on a vnet is reserved in the IPAM. Nothing tells a vnet from another bridge beforehand, so
 * that the right to do it (`SDN.Allocate` on the vnet) is asked of no guest.
 */
function reservations({ networks, cloudInit }: Args): ApiCall[] {
  const isStatic = objects(object(cloudInit)["addresses"]).some(({ address, address6 }) =>
    [address, address6].some((one) => text(one)?.includes("/") === true),
  );
  if (!isStatic || objects(networks).length === 0) return [];
  return [
    call("GET /cluster/sdn/vnets"),
    call("GET /cluster/sdn/zones"),
    call("GET /cluster/sdn/ipams/{ipam}/status"),
    { endpoint: "GET /cluster/sdn/vnets/{vnet}/subnets", need: { all: [] } },
    { endpoint: "PUT /cluster/sdn/vnets/{vnet}/ips", need: { all: [] } },
    { endpoint: "POST /cluster/sdn/vnets/{vnet}/ips", need: { all: [] } },
  ];
}

const vm: KindCalls = (args): Calls => {
  const guest = new DescribedGuest(args);
  const runs = args["started"] !== false;
  // Addresses are told by the guest's agent, which the template may have.
  const running = runs
    ? [...power(guest), call("GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces", guest.params)]
    : [];
  return ofGuest(guest, {
    look: [...look(guest), ...reservations(args).filter(({ endpoint }) => endpoint.startsWith("GET "))],
    make: [...source(guest), ...running, ...guest.data(), ...reservations(args)],
    change: (fields) => [...changes(guest, fields), ...running, ...reservations(args)],
    remove: [...removal(guest), ...(runs ? power(guest) : []), ...guest.data()],
  });
};

/** A template is made as a guest that never runs. */
function asTemplate(args: Args): Calls {
  const { disk, ...rest } = args;
  const guest = new DescribedGuest({ ...rest, ...(disk === undefined ? {} : { disks: [disk] }) });
  const { params } = guest;
  const storages = storagesOf(guest.args);
  return ofGuest(guest, {
    look: [
      ...look(guest),
      ...storages.map((storage) => call("GET /nodes/{node}/storage/{storage}/content", { ...params, storage })),
    ],
    make: [...source(guest), call("POST /nodes/{node}/qemu/{vmid}/template", params), ...guest.data()],
    // Another node makes another template.
    change: (fields) =>
      changes(
        guest,
        fields.filter((field) => field !== "node"),
      ),
    remove: [...removal(guest), ...guest.data()],
  });
}

/** Commands and files in a running guest. */
const throughAgent = (params: DescribedGuest["params"]): ApiCall[] =>
  ["POST ping", "POST exec", "GET exec-status", "POST file-write"].map((each) => {
    const [method = "", name = ""] = each.split(" ");
    return call(`${method} /nodes/{node}/qemu/{vmid}/agent/${name}`, params);
  });

/** Also a look at a guest is by commands in it. */
const guestConfig: KindCalls = (args): Calls => {
  const { params } = new DescribedGuest(args);
  return {
    look: [
      call("GET /cluster/resources"),
      call("GET /nodes/{node}/qemu/{vmid}/config", params),
      call("GET /nodes/{node}/qemu/{vmid}/status/current", params),
      ...throughAgent(params),
    ],
    make: [],
    change: () => [],
    remove: [],
  };
};

const golden: KindCalls = (args): Calls => {
  const calls = asTemplate(args);
  const { params } = new DescribedGuest(args);
  const agent = throughAgent(params);
  const builds = [...calls.make, ...power(new DescribedGuest(args)), ...agent];
  return { ...calls, make: builds, change: (fields) => [...calls.change(fields), ...builds, ...calls.remove] };
};

const cloudImage: KindCalls = ({ node, storage }): Calls => {
  const params = { node: text(node), storage: text(storage) };
  return {
    look: [
      call("GET /nodes/{node}/storage/{storage}/content", params),
      call("GET /nodes/{node}/storage/{storage}/status", params),
      call("GET /nodes/{node}/query-url-metadata", params),
      call("GET /nodes/{node}/tasks"),
    ],
    make: [call("POST /nodes/{node}/storage/{storage}/download-url", params)],
    change: () => [],
    remove: [deletes(params)],
  };
};

const snippet: KindCalls = ({ node, storage }): Calls => {
  const params = { node: text(node), storage: text(storage) ?? "local" };
  return {
    look: [
      sshAddress(),
      call("GET /storage/{storage}", params),
      call("GET /nodes/{node}/storage"),
      call("GET /nodes/{node}/storage/{storage}/status", params),
    ],
    make: [],
    change: () => [],
    remove: [deletes(params)],
  };
};

const pool: KindCalls = ({ poolId }, name): Calls => {
  const params = { poolid: text(poolId) ?? name };
  return {
    look: [call("GET /pools", params, oneOf(`/pool/${params.poolid ?? "*"}`, "Pool.Audit", "Pool.Allocate"))],
    make: [call("POST /pools", params)],
    change: () => [call("PUT /pools", params)],
    remove: [call("DELETE /pools", params)],
  };
};

const storage: KindCalls = ({ storageId }, name): Calls => {
  const params = { storage: text(storageId) ?? name };
  const seen = oneOf(`/storage/${params.storage ?? "*"}`, "Datastore.Audit", "Datastore.AllocateSpace");
  return {
    look: [call("GET /storage", {}, seen), call("GET /storage/{storage}", params)],
    make: [call("POST /storage", params)],
    change: () => [call("PUT /storage/{storage}", params)],
    remove: [call("DELETE /storage/{storage}", params)],
  };
};

export const guestKinds: Readonly<Record<string, KindCalls>> = {
  CloudImage: cloudImage,
  GoldenTemplate: golden,
  GuestConfig: guestConfig,
  Pool: pool,
  Snippet: snippet,
  Storage: storage,
  SystemUser: (args, name) => (args["vmid"] === undefined ? overSsh : guestConfig)(args, name),
  Template: asTemplate,
  Vm: vm,
};
