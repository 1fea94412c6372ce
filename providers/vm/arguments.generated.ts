// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";

/** Arguments of a Vm. */
export interface VmArgs {
  /**
   * Name in Proxmox: DNS labels.
   *
   * - Default: the resource's own name
   * - Change: live
   * - Proxmox: `name`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * VMID.
   *
   * - Default: the next free one of `proxmox:vmids`, else of the datacenter
   * - Change: replace, it is made anew
   */
  vmid?: pulumi.Input<number> | undefined;
  /**
   * Take over an existing guest at creation instead of making one: that of `vmid`, else the one named `name`. With
   * `true` it must carry no owner's mark, or, where `uuid` is given, that of this very resource and stack; `{ uuid
   * }` takes over the guest of that uuid, whosever mark it carries: the way back after `retainOnDelete` or `pulumi
   * state delete`. What is described is brought to the description, the rest stays as it is. From then on
   * `destroy` deletes it.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean | VmAdoptArgs> | undefined;
  /**
   * The uuid that the adopted guest must have.
   *
   * - Default: any
   * - Change: none, nothing happens to what is there
   */
  uuid?: pulumi.Input<string> | undefined;
  /**
   * Pool to be a member of.
   *
   * - Default: whichever it is in
   * - Change: live
   */
  pool?: pulumi.Input<string> | undefined;
  /**
   * Tags; order and case do not matter.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `tags`
   */
  tags?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Notes shown in the web interface.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `description`
   */
  description?: pulumi.Input<string> | undefined;
  /**
   * CPU cores per socket.
   *
   * - Default: `1`
   * - Change: reboot, of a running VM
   * - Proxmox: `cores`
   */
  cores?: pulumi.Input<number> | undefined;
  /**
   * CPU sockets.
   *
   * - Default: `1`
   * - Change: reboot, of a running VM
   * - Proxmox: `sockets`
   */
  sockets?: pulumi.Input<number> | undefined;
  /**
   * CPUs plugged in, at most cores x sockets. Hot-plugged where `hotplug` has `cpu`, else a reboot.
   *
   * - Default: all
   * - Change: hot-plug, or a reboot where it cannot be plugged
   * - Proxmox: `vcpus`
   */
  vcpus?: pulumi.Input<number> | undefined;
  /**
   * CPU type such as `host` or `x86-64-v2-AES`, with options as Proxmox writes them (`host,flags=+aes`), or an
   * object such as `{ type: "host", flags: ["+aes"] }`.
   *
   * - Default: `"kvm64"`
   * - Change: reboot, of a running VM
   * - Proxmox: `cpu`
   */
  cpu?: pulumi.Input<string | VmCpuArgs> | undefined;
  /**
   * Limit of CPU time in CPUs, 0 = none.
   *
   * - Default: `0`
   * - Change: live
   * - Proxmox: `cpulimit`
   */
  cpuLimit?: pulumi.Input<number> | undefined;
  /**
   * Weight against other guests, 1-10000.
   *
   * - Default: 100
   * - Change: live
   * - Proxmox: `cpuunits`
   */
  cpuUnits?: pulumi.Input<number> | undefined;
  /**
   * Host CPUs to run on, such as `0-3,8`; root@pam with a password only.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `affinity`
   */
  affinity?: pulumi.Input<string> | undefined;
  /**
   * NUMA for the guest; memory hot-plug and hugepages need it.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `numa`
   */
  numa?: pulumi.Input<boolean> | undefined;
  /**
   * The guest's NUMA nodes; needs `numa: true`.
   *
   * - Default: one per socket
   * - Change: reboot, of a running VM
   * - Proxmox: `numa0`-`numa7`
   */
  numaNodes?: pulumi.Input<pulumi.Input<VmNumaNodeArgs>[]> | undefined;
  /**
   * Memory in MiB. A running VM is rebooted, unless `hotplug` has `memory`: then memory comes in modules of 512
   * MiB beyond the first 1024.
   *
   * - Default: `512`
   * - Change: reboot, of a running VM
   * - Proxmox: `memory`
   */
  memoryMiB?: pulumi.Input<number> | undefined;
  /**
   * Memory that the guest keeps when the node runs short, in MiB; 0 = no ballooning. Live, but switching
   * ballooning on or off needs a reboot.
   *
   * - Default: all
   * - Change: hot-plug, or a reboot where it cannot be plugged
   * - Proxmox: `balloon`
   */
  balloonMiB?: pulumi.Input<number> | undefined;
  /**
   * Share of free memory against other ballooning guests; 0 = none.
   *
   * - Default: 1000
   * - Change: live
   * - Proxmox: `shares`
   */
  shares?: pulumi.Input<number> | undefined;
  /**
   * Merge equal memory pages with those of other guests (KSM).
   *
   * - Default: `true`
   * - Change: reboot, of a running VM
   * - Proxmox: `allow-ksm`
   */
  allowKsm?: pulumi.Input<boolean> | undefined;
  /**
   * Huge pages for the guest's memory: their size in MiB (2 or 1024), or `any`; needs `numa: true`. root@pam with
   * a password only.
   *
   * - Default: none
   * - Change: reboot, of a running VM
   * - Proxmox: `hugepages`
   */
  hugepages?: pulumi.Input<"any" | 2 | 1024> | undefined;
  /**
   * Keep huge pages when the VM stops. root@pam with a password only.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `keephugepages`
   */
  keepHugepages?: pulumi.Input<boolean> | undefined;
  /**
   * Firmware: `seabios` or `ovmf` (UEFI).
   *
   * - Default: `"seabios"`
   * - Change: reboot, of a running VM
   * - Proxmox: `bios`
   */
  bios?: pulumi.Input<"seabios" | "ovmf"> | undefined;
  /**
   * Disk for the EFI variables, with `bios: "ovmf"`. Added in place; a running VM is rebooted. Its parameters are
   * fixed when it is made: a change of them is refused and never replaces the VM.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `efidisk0`
   */
  efiDisk?: pulumi.Input<VmEfiDiskArgs> | undefined;
  /**
   * TPM. Added in place; a running VM is rebooted. Removing it destroys its keys.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `tpmstate0`
   */
  tpm?: pulumi.Input<VmTpmArgs> | undefined;
  /**
   * Machine type such as `q35`, with options as Proxmox writes them, or an object such as `{ type: "q35", viommu:
   * "virtio" }`.
   *
   * - Default: `"pc"`
   * - Change: reboot, of a running VM
   * - Proxmox: `machine`
   */
  machine?: pulumi.Input<string | VmMachineArgs> | undefined;
  /**
   * What the guest reads as its maker, product and serial number; the uuid stays Proxmox's.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `smbios1`
   */
  smbios?: pulumi.Input<VmSmbiosArgs> | undefined;
  /**
   * Memory encryption by AMD; root@pam with a password only.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `amd-sev`
   */
  amdSev?: pulumi.Input<VmAmdSevArgs> | undefined;
  /**
   * Trust domain by Intel; root@pam with a password only.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `intel-tdx`
   */
  intelTdx?: pulumi.Input<VmIntelTdxArgs> | undefined;
  /**
   * Processor architecture; root@pam with a password only.
   *
   * - Default: the host's
   * - Change: reboot, of a running VM
   * - Proxmox: `arch`
   */
  arch?: pulumi.Input<"x86_64" | "aarch64"> | undefined;
  /**
   * Arguments for QEMU itself; root@pam with a password only.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `args`
   */
  args?: pulumi.Input<string> | undefined;
  /**
   * Display such as `std`, `virtio`, `serial0`, `none`, with options as Proxmox writes them, or an object such as
   * `{ type: "virtio", memoryMiB: 64 }`.
   *
   * - Default: `"std"`
   * - Change: reboot, of a running VM
   * - Proxmox: `vga`
   */
  vga?: pulumi.Input<string | VmVgaArgs> | undefined;
  /**
   * Sound device.
   *
   * - Default: none
   * - Change: reboot, of a running VM
   * - Proxmox: `audio0`
   */
  audio?: pulumi.Input<VmAudioArgs> | undefined;
  /**
   * What SPICE offers beyond the display; root@pam with a password only.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `spice_enhancements`
   */
  spice?: pulumi.Input<VmSpiceArgs> | undefined;
  /**
   * Keyboard layout of the console.
   *
   * - Default: the datacenter's
   * - Change: reboot, of a running VM
   * - Proxmox: `keyboard`
   */
  keyboard?: pulumi.Input<"de" | "de-ch" | "da" | "en-gb" | "en-us" | "es" | "fi" | "fr" | "fr-be" | "fr-ca" | "fr-ch" | "hu" | "is" | "it" | "ja" | "lt" | "mk" | "nl" | "no" | "pl" | "pt" | "pt-br" | "sv" | "sl" | "tr"> | undefined;
  /**
   * PCI devices of the host, in the order of their numbers.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `hostpci0`-`hostpci15`
   */
  pci?: pulumi.Input<pulumi.Input<VmPciArgs>[]> | undefined;
  /**
   * USB devices, in the order of their numbers. Hot-plugged where `hotplug` has `usb`.
   *
   * - Default: not set
   * - Change: hot-plug, or a reboot where it cannot be plugged
   * - Proxmox: `usb0`-`usb13`
   */
  usb?: pulumi.Input<pulumi.Input<VmUsbArgs>[]> | undefined;
  /**
   * Directories of the host shared with the guest.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `virtiofs0`-`virtiofs9`
   */
  virtiofs?: pulumi.Input<pulumi.Input<VmVirtiofsArgs>[]> | undefined;
  /**
   * First serial port: `socket` for a console. With several ports write `serials`.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `serial0`
   */
  serial?: pulumi.Input<"socket"> | undefined;
  /**
   * Serial ports: `socket`, or a device of the host such as `/dev/ttyS0` (root@pam with a password only).
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `serial0`-`serial3`
   */
  serials?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Source of random numbers for the guest.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `rng0`
   */
  rng?: pulumi.Input<VmRngArgs> | undefined;
  /**
   * Hardware watchdog.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `watchdog`
   */
  watchdog?: pulumi.Input<VmWatchdogArgs> | undefined;
  /**
   * USB tablet as pointer. Hot-plugged where `hotplug` has `usb`.
   *
   * - Default: `true`
   * - Change: hot-plug, or a reboot where it cannot be plugged
   * - Proxmox: `tablet`
   */
  tablet?: pulumi.Input<boolean> | undefined;
  /**
   * Memory shared between VMs; root@pam with a password only.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `ivshmem`
   */
  sharedMemory?: pulumi.Input<VmSharedMemoryArgs> | undefined;
  /**
   * CD drives. A new or removed drive on `ide` or `sata` needs a reboot; another image is live. `ide2` is the
   * cloud-init drive's slot when there is one.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   */
  cdroms?: pulumi.Input<pulumi.Input<VmCdromArgs>[]> | undefined;
  /**
   * Guest operating system: `l26` for Linux, `win11`, ...
   *
   * - Default: `"other"`
   * - Change: reboot, of a running VM
   * - Proxmox: `ostype`
   */
  osType?: pulumi.Input<"other" | "wxp" | "w2k" | "w2k3" | "w2k8" | "wvista" | "win7" | "win8" | "win10" | "win11" | "l24" | "l26" | "solaris"> | undefined;
  /**
   * SCSI controller.
   *
   * - Default: `lsi`; `virtio-scsi-single` for VMs from images
   * - Change: reboot, of a running VM
   * - Proxmox: `scsihw`
   */
  scsiController?: pulumi.Input<"lsi" | "lsi53c810" | "virtio-scsi-pci" | "virtio-scsi-single" | "megasas" | "pvscsi"> | undefined;
  /**
   * Devices to boot from, in this order, such as `["scsi0", "net0"]`. Of effect at the next boot; the VM is not
   * rebooted for it.
   *
   * - Default: the boot disk
   * - Change: live
   * - Proxmox: `boot`
   */
  bootOrder?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * What may be hot-plugged: a list of `network`, `disk`, `usb`, `memory`, `cpu`, `cloudinit`, or text such as
   * `network,disk`, `0` (nothing) or `1` (the default: network, disk, usb). Live, but `memory` and `cpu` need a
   * reboot.
   *
   * - Default: `"network,disk,usb"`
   * - Change: live
   * - Proxmox: `hotplug`
   */
  hotplug?: pulumi.Input<string | pulumi.Input<"network" | "disk" | "usb" | "memory" | "cpu" | "cloudinit">[]> | undefined;
  /**
   * QEMU guest agent: `true` when the guest runs one, or an object such as `{ enabled: true, freezeFs: false }`;
   * needed for addresses and clean shutdowns.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `agent`
   */
  agent?: pulumi.Input<boolean | VmAgentArgs> | undefined;
  /**
   * Start the VM when its node boots.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `onboot`
   */
  onBoot?: pulumi.Input<boolean> | undefined;
  /**
   * Start-up order such as `{ order: 2, upDelay: 30, downDelay: 60 }`, or text such as `order=2,up=30,down=60`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `startup`
   */
  startup?: pulumi.Input<string | VmStartupArgs> | undefined;
  /**
   * Proxmox's own protection: the VM and its disks cannot be removed, by this program neither.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `protection`
   */
  protection?: pulumi.Input<boolean> | undefined;
  /**
   * ACPI.
   *
   * - Default: `true`
   * - Change: reboot, of a running VM
   * - Proxmox: `acpi`
   */
  acpi?: pulumi.Input<boolean> | undefined;
  /**
   * Hardware virtualisation by KVM.
   *
   * - Default: `true`
   * - Change: reboot, of a running VM
   * - Proxmox: `kvm`
   */
  kvm?: pulumi.Input<boolean> | undefined;
  /**
   * Let the CPUs wait for a `c` in QEMU's monitor at each start. At the next start.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `freeze`
   */
  freeze?: pulumi.Input<boolean> | undefined;
  /**
   * Allow the guest to reboot; `false`: it exits instead.
   *
   * - Default: `true`
   * - Change: reboot, of a running VM
   * - Proxmox: `reboot`
   */
  guestReboot?: pulumi.Input<boolean> | undefined;
  /**
   * The clock shows local time.
   *
   * - Default: for Windows only
   * - Change: reboot, of a running VM
   * - Proxmox: `localtime`
   */
  localTime?: pulumi.Input<boolean> | undefined;
  /**
   * Date of the clock at the start: `now`, `2026-01-31` or `2026-01-31T10:00:00`.
   *
   * - Default: `"now"`
   * - Change: reboot, of a running VM
   * - Proxmox: `startdate`
   */
  startDate?: pulumi.Input<string> | undefined;
  /**
   * Correct lost timer interrupts.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `tdf`
   */
  timeDriftFix?: pulumi.Input<boolean> | undefined;
  /**
   * Storage for the memory of snapshots and suspended VMs.
   *
   * - Default: chosen by Proxmox
   * - Change: live
   * - Proxmox: `vmstatestorage`
   */
  vmStateStorage?: pulumi.Input<string> | undefined;
  /**
   * Script of a storage of snippets that runs at changes of the VM's power state, such as
   * `local:snippets/hook.pl`; root@pam with a password only.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `hookscript`
   */
  hookScript?: pulumi.Input<string> | undefined;
  /**
   * Longest pause at the end of a live migration, in seconds.
   *
   * - Default: `0.1`
   * - Change: live
   * - Proxmox: `migrate_downtime`
   */
  migrateDowntime?: pulumi.Input<number> | undefined;
  /**
   * Limit of a live migration's speed in MB/s; 0 = none.
   *
   * - Default: `0`
   * - Change: live
   * - Proxmox: `migrate_speed`
   */
  migrateSpeedMBps?: pulumi.Input<number> | undefined;
  /**
   * Network devices, in the order of their numbers.
   *
   * - Default: not set
   * - Change: hot-plug, or a reboot where it cannot be plugged
   */
  networks?: pulumi.Input<pulumi.Input<VmNetworkArgs>[]> | undefined;
  /**
   * Cloud-init by Proxmox's own fields.
   *
   * - Default: not set
   * - Change: live
   */
  cloudInit?: pulumi.Input<VmCloudInitArgs> | undefined;
  /**
   * Longest time of each operation, such as `{ create: "45m" }`.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<VmTimeoutsArgs> | undefined;
  /**
   * `false`: a change that replaces fails in preview.
   *
   * - Default: `true`
   * - Change: none, nothing happens to what is there
   */
  allowReplace?: pulumi.Input<boolean> | undefined;
  /**
   * Node to run on. A change migrates the VM.
   *
   * - Default: where the source is
   * - Change: migrate, to another node
   */
  node?: pulumi.Input<string> | undefined;
  /**
   * Nodes that the VM may run on, instead of `node`: it is made on the first one that is online, and being moved
   * among them, by hand or by high availability, is no drift. On any other node it migrates to one of these.
   *
   * - Default: not set
   * - Change: migrate, to another node
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Which of `nodes` a new VM is made on.
   *
   * - Default: `"first-online"`
   * - Change: none, nothing happens to what is there
   */
  placement?: pulumi.Input<"first-online" | "most-free-memory"> | undefined;
  /**
   * What the VM is made from. Needed unless it is adopted. Only read when it is made: a newer template never
   * touches existing VMs.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  source?: pulumi.Input<VmSourceArgs> | undefined;
  /**
   * Hard disks; the first one is the boot disk, which comes from the source.
   *
   * - Default: not set
   * - Change: hot-plug, or a reboot where it cannot be plugged
   */
  disks?: pulumi.Input<pulumi.Input<VmDiskArgs>[]> | undefined;
  /**
   * Running or not.
   *
   * - Default: started once after creation, and its power state is yours afterwards
   * - Change: live
   */
  started?: pulumi.Input<boolean> | undefined;
  /**
   * `false`: a change that needs a reboot of a running VM fails in preview.
   *
   * - Default: `true`
   * - Change: none, nothing happens to what is there
   */
  allowReboot?: pulumi.Input<boolean> | undefined;
  /**
   * Let HA move other VMs that rules keep together with this one when its node changes, and those that rules move
   * when it is deleted.
   *
   * - Default: `false`
   * - Change: live
   */
  allowMoves?: pulumi.Input<boolean> | undefined;
  /**
   * Longest wait for the guest agent to tell addresses after a start.
   *
   * - Default: "2m"; "0s" does not wait
   * - Change: none, nothing happens to what is there
   */
  agentTimeout?: pulumi.Input<string> | undefined;
  /**
   * Delete the VM even when it has volumes, snapshots or a lock that this program does not know.
   *
   * - Default: `false`
   * - Change: live
   */
  force?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmAdoptArgs {
  /**
   * The guest's uuid (`smbios1`), as an error about it tells it.
   *
   * - Change: none, nothing happens to what is there
   */
  uuid: pulumi.Input<string>;
}

/** Part of the arguments of a Vm. */
export interface VmCpuArgs {
  /**
   * CPU type such as `host`, `x86-64-v2-AES`, `EPYC`, `custom-mine`.
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `cputype`
   */
  type: pulumi.Input<string>;
  /**
   * Flags to add (`+aes`) and to take away (`-pcid`). The order does not matter.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `flags`
   */
  flags?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Hide from the guest that it is virtual, as some drivers want it.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `hidden`
   */
  hidden?: pulumi.Input<boolean> | undefined;
  /**
   * Hyper-V vendor id that a Windows guest sees, 1 to 12 letters and digits.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `hv-vendor-id`
   */
  hvVendorId?: pulumi.Input<string> | undefined;
  /**
   * Bits of physical addresses that the guest sees: 8 to 64, or `host`.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `phys-bits`
   */
  physBits?: pulumi.Input<number | "host"> | undefined;
  /**
   * Bits of physical addresses that the guest uses, 32 to 64.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `guest-phys-bits`
   */
  guestPhysBits?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmNumaNodeArgs {
  /**
   * CPUs of the guest in this node, such as `0-1` or `0;2`.
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `cpus`
   */
  cpus: pulumi.Input<string>;
  /**
   * Memory in this node, in MiB; that of all nodes together is `memoryMiB`.
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `memory`
   */
  memoryMiB: pulumi.Input<number>;
  /**
   * NUMA nodes of the host to take the memory from; needs `policy`.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `hostnodes`
   */
  hostNodes?: pulumi.Input<string> | undefined;
  /**
   * How the host's nodes are used.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `policy`
   */
  policy?: pulumi.Input<"preferred" | "bind" | "interleave"> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmEfiDiskArgs {
  /**
   * Storage that holds the EFI variables. A change moves them.
   *
   * - Change: live
   */
  storage: pulumi.Input<string>;
  /**
   * Layout: `4m` (also for Secure Boot) or the older `2m`. Fixed when made.
   *
   * - Default: `"4m"`
   * - Change: none, nothing happens to what is there
   * - Proxmox: `efitype`
   */
  type?: pulumi.Input<"4m" | "2m"> | undefined;
  /**
   * Make it with the keys for Secure Boot. Fixed when made.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   * - Proxmox: `pre-enrolled-keys`
   */
  preEnrolledKeys?: pulumi.Input<boolean> | undefined;
  /**
   * Which Microsoft certificates it is marked to hold; only read when the disk is made.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   * - Proxmox: `ms-cert`
   */
  msCert?: pulumi.Input<"2011" | "2023" | "2023w" | "2023k"> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmTpmArgs {
  /**
   * Storage that holds the TPM's state. A change moves it; the VM must be stopped for that.
   *
   * - Change: live
   */
  storage: pulumi.Input<string>;
  /**
   * TPM version: `v2.0` or `v1.2`. Fixed when made.
   *
   * - Default: `"v2.0"`
   * - Change: none, nothing happens to what is there
   * - Proxmox: `version`
   */
  version?: pulumi.Input<"v2.0" | "v1.2"> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmMachineArgs {
  /**
   * Machine type: `q35`, `pc`, or a version such as `pc-q35-9.2`.
   *
   * - Default: `"pc"`
   * - Change: reboot, of a running VM
   * - Proxmox: `type`
   */
  type?: pulumi.Input<string> | undefined;
  /**
   * IOMMU for the guest: `virtio`, or `intel` (q35 only).
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `viommu`
   */
  viommu?: pulumi.Input<"intel" | "virtio"> | undefined;
  /**
   * Address bits of the guest's IOMMU, 32 to 64.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `aw-bits`
   */
  iommuAddressBits?: pulumi.Input<number> | undefined;
  /**
   * Let the guest suspend to memory.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `enable-s3`
   */
  enableS3?: pulumi.Input<boolean> | undefined;
  /**
   * Let the guest suspend to disk.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `enable-s4`
   */
  enableS4?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmSmbiosArgs {
  /**
   * Manufacturer.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `manufacturer`
   */
  manufacturer?: pulumi.Input<string> | undefined;
  /**
   * Product name.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `product`
   */
  product?: pulumi.Input<string> | undefined;
  /**
   * Version.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `version`
   */
  version?: pulumi.Input<string> | undefined;
  /**
   * Serial number.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `serial`
   */
  serial?: pulumi.Input<string> | undefined;
  /**
   * SKU number.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `sku`
   */
  sku?: pulumi.Input<string> | undefined;
  /**
   * Family.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `family`
   */
  family?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmAmdSevArgs {
  /**
   * Kind of encryption: `std`, `es` or `snp`.
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `type`
   */
  type: pulumi.Input<"std" | "es" | "snp">;
  /**
   * Forbid debugging of the guest.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `no-debug`
   */
  noDebug?: pulumi.Input<boolean> | undefined;
  /**
   * Forbid sharing of keys with other guests.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `no-key-sharing`
   */
  noKeySharing?: pulumi.Input<boolean> | undefined;
  /**
   * Allow simultaneous multithreading.
   *
   * - Default: `true`
   * - Change: reboot, of a running VM
   * - Proxmox: `allow-smt`
   */
  allowSmt?: pulumi.Input<boolean> | undefined;
  /**
   * Add hashes of kernel, initrd and command line to the measured memory.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `kernel-hashes`
   */
  kernelHashes?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmIntelTdxArgs {
  /**
   * Attestation by quotes.
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `attestation`
   */
  attestation: pulumi.Input<boolean>;
  /**
   * Context id of the quote service.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `vsock-cid`
   */
  vsockCid?: pulumi.Input<number> | undefined;
  /**
   * Port of the quote service.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `vsock-port`
   */
  vsockPort?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmVgaArgs {
  /**
   * Kind of display: `std`, `virtio`, `qxl`, `serial0`, `none`, ...
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `type`
   */
  type: pulumi.Input<"std" | "virtio" | "virtio-gl" | "qxl" | "qxl2" | "qxl3" | "qxl4" | "vmware" | "cirrus" | "none" | "serial0" | "serial1" | "serial2" | "serial3">;
  /**
   * Video memory in MiB, 4 to 512.
   *
   * - Default: by the type
   * - Change: reboot, of a running VM
   * - Proxmox: `memory`
   */
  memoryMiB?: pulumi.Input<number> | undefined;
  /**
   * `vnc`: a clipboard shared through the console.
   *
   * - Default: SPICE's, with a SPICE display
   * - Change: reboot, of a running VM
   * - Proxmox: `clipboard`
   */
  clipboard?: pulumi.Input<"vnc"> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmAudioArgs {
  /**
   * Sound device.
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `device`
   */
  device: pulumi.Input<"ich9-intel-hda" | "intel-hda" | "AC97">;
  /**
   * Where the sound goes: `spice` or `none`.
   *
   * - Default: `"spice"`
   * - Change: reboot, of a running VM
   * - Proxmox: `driver`
   */
  driver?: pulumi.Input<"spice" | "none"> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmSpiceArgs {
  /**
   * Share folders through SPICE.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `foldersharing`
   */
  folderSharing?: pulumi.Input<boolean> | undefined;
  /**
   * Compress what looks like video: `off`, `all` or `filter`.
   *
   * - Default: `"off"`
   * - Change: reboot, of a running VM
   * - Proxmox: `videostreaming`
   */
  videoStreaming?: pulumi.Input<"off" | "all" | "filter"> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmPciArgs {
  /**
   * Name of a PCI mapping of the datacenter.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `mapping`
   */
  mapping?: pulumi.Input<string> | undefined;
  /**
   * Address on the host such as `0000:01:00.0`, several with `;`; root@pam with a password only.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `host`
   */
  host?: pulumi.Input<string> | undefined;
  /**
   * Present it as PCI Express; needs `machine: "q35"`.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `pcie`
   */
  pcie?: pulumi.Input<boolean> | undefined;
  /**
   * The guest's primary display.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `x-vga`
   */
  primaryGpu?: pulumi.Input<boolean> | undefined;
  /**
   * Show the device's ROM to the guest.
   *
   * - Default: `true`
   * - Change: reboot, of a running VM
   * - Proxmox: `rombar`
   */
  romBar?: pulumi.Input<boolean> | undefined;
  /**
   * ROM file in /usr/share/kvm of the node.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `romfile`
   */
  romFile?: pulumi.Input<string> | undefined;
  /**
   * Type of the mediated device to make, such as `nvidia-63`.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `mdev`
   */
  mdev?: pulumi.Input<string> | undefined;
  /**
   * Intel's integrated graphics in legacy mode.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `legacy-igd`
   */
  legacyIgd?: pulumi.Input<boolean> | undefined;
  /**
   * Driver on the host: `vfio`, or `keep` the one that it has.
   *
   * - Default: `"vfio"`
   * - Change: reboot, of a running VM
   * - Proxmox: `driver`
   */
  driver?: pulumi.Input<"vfio" | "keep"> | undefined;
  /**
   * Vendor id that the guest sees.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `vendor-id`
   */
  vendorId?: pulumi.Input<string> | undefined;
  /**
   * Device id that the guest sees.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `device-id`
   */
  deviceId?: pulumi.Input<string> | undefined;
  /**
   * Subsystem vendor id that the guest sees.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `sub-vendor-id`
   */
  subVendorId?: pulumi.Input<string> | undefined;
  /**
   * Subsystem device id that the guest sees.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `sub-device-id`
   */
  subDeviceId?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmUsbArgs {
  /**
   * Name of a USB mapping of the datacenter.
   *
   * - Default: not set
   * - Change: hot-plug, or a reboot where it cannot be plugged
   * - Proxmox: `mapping`
   */
  mapping?: pulumi.Input<string> | undefined;
  /**
   * `spice`, or a device of the host: vendor and product (`1234:5678`) or bus and port (`1-2.4`), for which
   * root@pam with a password is needed.
   *
   * - Default: not set
   * - Change: hot-plug, or a reboot where it cannot be plugged
   * - Proxmox: `host`
   */
  host?: pulumi.Input<string> | undefined;
  /**
   * A USB 3 device; without meaning for Linux and Windows 8 or newer.
   *
   * - Default: `false`
   * - Change: hot-plug, or a reboot where it cannot be plugged
   * - Proxmox: `usb3`
   */
  usb3?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmVirtiofsArgs {
  /**
   * Name of a directory mapping of the datacenter; the guest mounts it by this name.
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `dirid`
   */
  mapping: pulumi.Input<string>;
  /**
   * Caching.
   *
   * - Default: `"auto"`
   * - Change: reboot, of a running VM
   * - Proxmox: `cache`
   */
  cache?: pulumi.Input<"auto" | "always" | "metadata" | "never"> | undefined;
  /**
   * Honour direct I/O of the guest.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `direct-io`
   */
  directIo?: pulumi.Input<boolean> | undefined;
  /**
   * Extended attributes.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `expose-xattr`
   */
  exposeXattr?: pulumi.Input<boolean> | undefined;
  /**
   * POSIX ACLs; not for Windows.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `expose-acl`
   */
  exposeAcl?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmRngArgs {
  /**
   * Source on the host: `/dev/urandom`, `/dev/random` or `/dev/hwrng` (needs `Mapping.Use` on it).
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `source`
   */
  source: pulumi.Input<"/dev/urandom" | "/dev/random" | "/dev/hwrng">;
  /**
   * Bytes that the guest gets per period; 0 = no limit.
   *
   * - Default: `1024`
   * - Change: reboot, of a running VM
   * - Proxmox: `max_bytes`
   */
  maxBytes?: pulumi.Input<number> | undefined;
  /**
   * Length of a period in milliseconds.
   *
   * - Default: `1000`
   * - Change: reboot, of a running VM
   * - Proxmox: `period`
   */
  periodMs?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmWatchdogArgs {
  /**
   * Device that the guest sees.
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `model`
   */
  model: pulumi.Input<"i6300esb" | "ib700">;
  /**
   * What happens when the guest stops answering it.
   *
   * - Default: nothing
   * - Change: reboot, of a running VM
   * - Proxmox: `action`
   */
  action?: pulumi.Input<"reset" | "shutdown" | "poweroff" | "pause" | "debug" | "none"> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmSharedMemoryArgs {
  /**
   * Size in MiB.
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `size`
   */
  sizeMiB: pulumi.Input<number>;
  /**
   * Name of the file on the host.
   *
   * - Default: the VMID
   * - Change: reboot, of a running VM
   * - Proxmox: `name`
   */
  name?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmCdromArgs {
  /**
   * Where it is attached: `ide0`-`ide3`, `sata0`-`sata5` or `scsi0`-`scsi30`. A change makes another drive;
   * reboot.
   *
   * - Change: reboot, of a running VM
   */
  slot: pulumi.Input<string>;
  /**
   * Volume id of an ISO image such as `local:iso/debian.iso`, or `none` for an empty drive.
   *
   * - Change: live
   */
  iso: pulumi.Input<string>;
}

/** Part of the arguments of a Vm. */
export interface VmAgentArgs {
  /**
   * Whether the guest runs an agent.
   *
   * - Change: reboot, of a running VM
   * - Proxmox: `enabled`
   */
  enabled: pulumi.Input<boolean>;
  /**
   * How it is reached: `virtio` or `isa`.
   *
   * - Default: `"virtio"`
   * - Change: reboot, of a running VM
   * - Proxmox: `type`
   */
  type?: pulumi.Input<"virtio" | "isa"> | undefined;
  /**
   * Trim file systems after a disk was moved or the VM migrated.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `fstrim_cloned_disks`
   */
  fstrimClonedDisks?: pulumi.Input<boolean> | undefined;
  /**
   * Freeze file systems for backups, snapshots and clones.
   *
   * - Default: `true`
   * - Change: reboot, of a running VM
   * - Proxmox: `freeze-fs`
   */
  freezeFs?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmStartupArgs {
  /**
   * Place in the order of starting; shutdown goes the other way round.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `order`
   */
  order?: pulumi.Input<number> | undefined;
  /**
   * Seconds to wait before the next guest is started.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `up`
   */
  upDelay?: pulumi.Input<number> | undefined;
  /**
   * Seconds that the guest has to shut down.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `down`
   */
  downDelay?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmNetworkArgs {
  /**
   * Bridge or SDN vnet on the node.
   *
   * - Change: live
   * - Proxmox: `bridge`
   */
  bridge: pulumi.Input<string>;
  /**
   * Model of the device. A change unplugs and plugs the device.
   *
   * - Default: `"virtio"`
   * - Change: hot-plug, or a reboot where it cannot be plugged
   * - Proxmox: `model`
   */
  model?: pulumi.Input<"virtio" | "e1000" | "e1000e" | "rtl8139" | "vmxnet3" | "e1000-82540em" | "e1000-82544gc" | "e1000-82545em" | "i82551" | "i82557b" | "i82559er" | "ne2k_isa" | "ne2k_pci" | "pcnet"> | undefined;
  /**
   * MAC address. A change unplugs and plugs the device.
   *
   * - Default: chosen by Proxmox at creation and kept
   * - Change: hot-plug, or a reboot where it cannot be plugged
   */
  mac?: pulumi.Input<string> | undefined;
  /**
   * VLAN tag, 1-4094.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `tag`
   */
  vlan?: pulumi.Input<number> | undefined;
  /**
   * VLANs let through beside the tag, each a number or a range such as `"10-20"`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `trunks`
   */
  trunks?: pulumi.Input<pulumi.Input<number | string>[]> | undefined;
  /**
   * Apply Proxmox's firewall to this device.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `firewall`
   */
  firewall?: pulumi.Input<boolean> | undefined;
  /**
   * Rate limit in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `rate`
   */
  rateMBps?: pulumi.Input<number> | undefined;
  /**
   * MTU of a virtio device; 1 = that of the bridge. A change unplugs and plugs the device.
   *
   * - Default: not set
   * - Change: hot-plug, or a reboot where it cannot be plugged
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Packet queues of a virtio device. A change unplugs and plugs the device.
   *
   * - Default: not set
   * - Change: hot-plug, or a reboot where it cannot be plugged
   * - Proxmox: `queues`
   */
  queues?: pulumi.Input<number> | undefined;
  /**
   * Cable pulled.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `link_down`
   */
  disconnected?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmCloudInitAddressArgs {
  /**
   * IPv4: `dhcp`, or an address with prefix length.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `ip` in `ipconfigN`
   */
  address?: pulumi.Input<string> | undefined;
  /**
   * IPv4 gateway; needs a static `address`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `gw`
   */
  gateway?: pulumi.Input<string> | undefined;
  /**
   * IPv6: `dhcp`, `auto` (SLAAC), or an address with prefix length.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `ip6`
   */
  address6?: pulumi.Input<string> | undefined;
  /**
   * IPv6 gateway; needs a static `address6`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `gw6`
   */
  gateway6?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmCloudInitArgs {
  /**
   * Storage of the cloud-init drive. Only read when the drive is made.
   *
   * - Default: that of the first disk
   * - Change: none, nothing happens to what is there
   */
  storage?: pulumi.Input<string> | undefined;
  /**
   * Login user.
   *
   * - Default: the image's own
   * - Change: live
   * - Proxmox: `ciuser`
   */
  user?: pulumi.Input<string> | undefined;
  /**
   * Password of the user, or a reference to it. Prefer `sshKeys`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `cipassword`
   */
  password?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Public SSH keys of the user, one per entry.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sshkeys`
   */
  sshKeys?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Addresses, one entry for each of `networks`, in their order.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `ipconfigN`
   */
  addresses?: pulumi.Input<pulumi.Input<VmCloudInitAddressArgs>[]> | undefined;
  /**
   * DNS servers.
   *
   * - Default: the node's
   * - Change: live
   * - Proxmox: `nameserver`
   */
  nameservers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * DNS search domain.
   *
   * - Default: the node's
   * - Change: live
   * - Proxmox: `searchdomain`
   */
  searchDomain?: pulumi.Input<string> | undefined;
  /**
   * Upgrade packages at the first boot.
   *
   * - Default: Proxmox's own (yes)
   * - Change: live
   * - Proxmox: `ciupgrade`
   */
  upgrade?: pulumi.Input<boolean> | undefined;
  /**
   * Own user data, in place of all that Proxmox would write (`user`, `password`, `sshKeys`, `upgrade`). An object
   * becomes `#cloud-config`. Always a secret in the state. A change reaches the guest at its next boot, where
   * cloud-init runs as for a new machine; see `rerun`.
   *
   * - Default: not set
   * - Change: live
   */
  userData?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * Own network configuration, in place of `addresses`, `nameservers` and `searchDomain`. Secret in the state.
   *
   * - Default: not set
   * - Change: live
   */
  networkConfig?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * Own vendor data: runs beside the user data, which wins. By `snippets` also beside Proxmox's own fields.
   * Secret.
   *
   * - Default: not set
   * - Change: live
   */
  vendorData?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * Own meta data. Secret.
   *
   * - Default: with `userData`: the VM's name as host name, and an instance id by the content
   * - Change: live
   */
  metaData?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * How own data reach the guest. `snippets`: as files in a storage's snippets directory, written over SSH, which
   * Proxmox puts on the cloud-init drive. `iso`: as an image that is uploaded and inserted in place of the
   * cloud-init drive.
   *
   * - Default: what the VM has; for a new one `snippets` where SSH is configured, else `iso`
   * - Change: live
   */
  via?: pulumi.Input<"snippets" | "iso"> | undefined;
  /**
   * File-based storage of own data, with content `snippets` or `iso`. An image on a storage that is not shared
   * keeps the VM from being migrated by others than this program.
   *
   * - Default: a shared one of the node, else `local`, else the first one
   * - Change: live
   */
  dataStorage?: pulumi.Input<string> | undefined;
  /**
   * `false`: changed own data do not make the guest a new machine for cloud-init, so that only what runs at every
   * boot takes them up.
   *
   * - Default: true: the instance id follows the content
   * - Change: live
   */
  rerun?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmSourceCloneArgs {
  /**
   * Template (or VM) to clone: its VMID, or its name, which exactly one guest must have.
   *
   * - Change: none, nothing happens to what is there
   */
  template: pulumi.Input<number | string>;
  /**
   * Copy the disks (`true`) or share the template's (`false`, linked clone; templates only).
   *
   * - Default: `true`
   * - Change: none, nothing happens to what is there
   */
  full?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmSourceArgs {
  /**
   * Clone a template, also one on another node.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  clone?: pulumi.Input<VmSourceCloneArgs> | undefined;
  /**
   * Volume id of a disk image to import as first disk, such as a CloudImage's `volumeId`.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  imageVolumeId?: pulumi.Input<string> | undefined;
  /**
   * The old name of `imageVolumeId`.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   *
   * @deprecated Write `imageVolumeId`.
   */
  cloudImage?: pulumi.Input<string> | undefined;
  /**
   * Volume id of an ISO image: a CD that the VM boots from as long as its first disk is empty.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  iso?: pulumi.Input<string> | undefined;
  /**
   * `true`: nothing; new empty disks, if any.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  empty?: pulumi.Input<true> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmDiskLimitsArgs {
  /**
   * Reads and writes together, in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps`
   */
  totalMBps?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps_max`
   */
  totalBurstMBps?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bps_max_length`
   */
  totalBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Reads in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps_rd`
   */
  readMBps?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps_rd_max`
   */
  readBurstMBps?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bps_rd_max_length`
   */
  readBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Writes in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps_wr`
   */
  writeMBps?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps_wr_max`
   */
  writeBurstMBps?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bps_wr_max_length`
   */
  writeBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Reads and writes together, in operations per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops`
   */
  totalIops?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in operations per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_max`
   */
  totalBurstIops?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_max_length`
   */
  totalIopsBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Reads per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_rd`
   */
  readIops?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in operations per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_rd_max`
   */
  readBurstIops?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_rd_max_length`
   */
  readIopsBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Writes per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_wr`
   */
  writeIops?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in operations per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_wr_max`
   */
  writeBurstIops?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_wr_max_length`
   */
  writeIopsBurstSeconds?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Vm. */
export interface VmDiskArgs {
  /**
   * Where the disk is attached: `scsi0`-`scsi30`, `virtio0`-`virtio15`, `sata0`-`sata5`, `ide0`-`ide3`. The slots
   * tell the disks apart: give every disk one before you remove any. A change moves a VM's disk there with its
   * volume and its place in the boot order; a running VM is shut down for it, and started.
   *
   * - Default: `scsi<position in the list>`
   * - Change: reboot, of a running VM
   */
  slot?: pulumi.Input<string> | undefined;
  /**
   * Storage that holds the volume. A change moves the disk, on a running VM too.
   *
   * - Change: live
   */
  storage: pulumi.Input<string>;
  /**
   * Size in GiB. Grows in place, live; shrinking is refused.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `size`, `resize`
   */
  sizeGiB?: pulumi.Input<number> | undefined;
  /**
   * Image format on file storages: `raw`, `qcow2`, `vmdk`. Only read when the disk is made or moved.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   * - Proxmox: `format`
   */
  format?: pulumi.Input<"raw" | "qcow2" | "vmdk"> | undefined;
  /**
   * Cache mode.
   *
   * - Default: `"none"`
   * - Change: reboot, of a running VM
   * - Proxmox: `cache`
   */
  cache?: pulumi.Input<"none" | "writethrough" | "writeback" | "unsafe" | "directsync"> | undefined;
  /**
   * Pass discards on, so that freed space returns to a thin storage.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `discard=on`
   */
  discard?: pulumi.Input<boolean> | undefined;
  /**
   * A thread of its own for this disk's I/O (scsi with `virtio-scsi-single`, virtio).
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `iothread`
   */
  ioThread?: pulumi.Input<boolean> | undefined;
  /**
   * Present the disk as solid-state.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `ssd`
   */
  ssd?: pulumi.Input<boolean> | undefined;
  /**
   * Include the disk in backups.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `backup`
   */
  backup?: pulumi.Input<boolean> | undefined;
  /**
   * Include the disk in replication jobs.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `replicate`
   */
  replicate?: pulumi.Input<boolean> | undefined;
  /**
   * Asynchronous I/O mode.
   *
   * - Default: by the storage
   * - Change: reboot, of a running VM
   * - Proxmox: `aio`
   */
  aio?: pulumi.Input<"native" | "threads" | "io_uring"> | undefined;
  /**
   * The guest cannot write to it (scsi, virtio).
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `ro`
   */
  readOnly?: pulumi.Input<boolean> | undefined;
  /**
   * The volume is the same on all nodes although Proxmox does not know.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `shared`
   */
  shared?: pulumi.Input<boolean> | undefined;
  /**
   * Drop everything written when the VM stops.
   *
   * - Default: `false`
   * - Change: reboot, of a running VM
   * - Proxmox: `snapshot`
   */
  snapshot?: pulumi.Input<boolean> | undefined;
  /**
   * Look for writes of zeroes.
   *
   * - Default: by `discard`
   * - Change: reboot, of a running VM
   * - Proxmox: `detect_zeroes`
   */
  detectZeroes?: pulumi.Input<boolean> | undefined;
  /**
   * Serial number that the guest sees, at most 20 bytes.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `serial`
   */
  serial?: pulumi.Input<string> | undefined;
  /**
   * World wide name that the guest sees (ide, sata, scsi).
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `wwn`
   */
  wwn?: pulumi.Input<string> | undefined;
  /**
   * Vendor that the guest sees (scsi), at most 8 characters.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `vendor`
   */
  vendor?: pulumi.Input<string> | undefined;
  /**
   * Product that the guest sees (scsi), at most 16 characters.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `product`
   */
  product?: pulumi.Input<string> | undefined;
  /**
   * Model that the guest sees (ide, sata), at most 40 bytes.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `model`
   */
  model?: pulumi.Input<string> | undefined;
  /**
   * Queues of a scsi disk.
   *
   * - Default: not set
   * - Change: reboot, of a running VM
   * - Proxmox: `queues`
   */
  queues?: pulumi.Input<number> | undefined;
  /**
   * What happens when a read fails.
   *
   * - Default: `report`
   * - Change: reboot, of a running VM
   * - Proxmox: `rerror`
   */
  onReadError?: pulumi.Input<"ignore" | "report" | "stop"> | undefined;
  /**
   * What happens when a write fails.
   *
   * - Default: `enospc`: stop when the storage is full
   * - Change: reboot, of a running VM
   * - Proxmox: `werror`
   */
  onWriteError?: pulumi.Input<"enospc" | "ignore" | "report" | "stop"> | undefined;
  /**
   * Limits of throughput.
   *
   * - Default: none
   * - Change: live
   */
  limits?: pulumi.Input<VmDiskLimitsArgs> | undefined;
}

/** Arguments of a Template. */
export interface TemplateArgs {
  /**
   * Name in Proxmox: DNS labels.
   *
   * - Default: the resource's own name
   * - Change: live
   * - Proxmox: `name`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * VMID.
   *
   * - Default: the next free one of `proxmox:vmids`, else of the datacenter
   * - Change: replace, it is made anew
   */
  vmid?: pulumi.Input<number> | undefined;
  /**
   * Take over an existing guest at creation instead of making one: that of `vmid`, else the one named `name`. With
   * `true` it must carry no owner's mark, or, where `uuid` is given, that of this very resource and stack; `{ uuid
   * }` takes over the guest of that uuid, whosever mark it carries: the way back after `retainOnDelete` or `pulumi
   * state delete`. What is described is brought to the description, the rest stays as it is. From then on
   * `destroy` deletes it.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean | TemplateAdoptArgs> | undefined;
  /**
   * The uuid that the adopted guest must have.
   *
   * - Default: any
   * - Change: none, nothing happens to what is there
   */
  uuid?: pulumi.Input<string> | undefined;
  /**
   * Pool to be a member of.
   *
   * - Default: whichever it is in
   * - Change: live
   */
  pool?: pulumi.Input<string> | undefined;
  /**
   * Tags; order and case do not matter.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `tags`
   */
  tags?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Notes shown in the web interface.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `description`
   */
  description?: pulumi.Input<string> | undefined;
  /**
   * CPU cores per socket.
   *
   * - Default: `1`
   * - Change: live
   * - Proxmox: `cores`
   */
  cores?: pulumi.Input<number> | undefined;
  /**
   * CPU sockets.
   *
   * - Default: `1`
   * - Change: live
   * - Proxmox: `sockets`
   */
  sockets?: pulumi.Input<number> | undefined;
  /**
   * CPUs plugged in, at most cores x sockets. Hot-plugged where `hotplug` has `cpu`, else a reboot.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `vcpus`
   */
  vcpus?: pulumi.Input<number> | undefined;
  /**
   * CPU type such as `host` or `x86-64-v2-AES`, with options as Proxmox writes them (`host,flags=+aes`), or an
   * object such as `{ type: "host", flags: ["+aes"] }`.
   *
   * - Default: `"kvm64"`
   * - Change: live
   * - Proxmox: `cpu`
   */
  cpu?: pulumi.Input<string | TemplateCpuArgs> | undefined;
  /**
   * Limit of CPU time in CPUs, 0 = none.
   *
   * - Default: `0`
   * - Change: live
   * - Proxmox: `cpulimit`
   */
  cpuLimit?: pulumi.Input<number> | undefined;
  /**
   * Weight against other guests, 1-10000.
   *
   * - Default: 100
   * - Change: live
   * - Proxmox: `cpuunits`
   */
  cpuUnits?: pulumi.Input<number> | undefined;
  /**
   * Host CPUs to run on, such as `0-3,8`; root@pam with a password only.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `affinity`
   */
  affinity?: pulumi.Input<string> | undefined;
  /**
   * NUMA for the guest; memory hot-plug and hugepages need it.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `numa`
   */
  numa?: pulumi.Input<boolean> | undefined;
  /**
   * The guest's NUMA nodes; needs `numa: true`.
   *
   * - Default: one per socket
   * - Change: live
   * - Proxmox: `numa0`-`numa7`
   */
  numaNodes?: pulumi.Input<pulumi.Input<TemplateNumaNodeArgs>[]> | undefined;
  /**
   * Memory in MiB. A running VM is rebooted, unless `hotplug` has `memory`: then memory comes in modules of 512
   * MiB beyond the first 1024.
   *
   * - Default: `512`
   * - Change: live
   * - Proxmox: `memory`
   */
  memoryMiB?: pulumi.Input<number> | undefined;
  /**
   * Memory that the guest keeps when the node runs short, in MiB; 0 = no ballooning. Live, but switching
   * ballooning on or off needs a reboot.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `balloon`
   */
  balloonMiB?: pulumi.Input<number> | undefined;
  /**
   * Share of free memory against other ballooning guests; 0 = none.
   *
   * - Default: 1000
   * - Change: live
   * - Proxmox: `shares`
   */
  shares?: pulumi.Input<number> | undefined;
  /**
   * Merge equal memory pages with those of other guests (KSM).
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `allow-ksm`
   */
  allowKsm?: pulumi.Input<boolean> | undefined;
  /**
   * Huge pages for the guest's memory: their size in MiB (2 or 1024), or `any`; needs `numa: true`. root@pam with
   * a password only.
   *
   * - Default: none
   * - Change: live
   * - Proxmox: `hugepages`
   */
  hugepages?: pulumi.Input<"any" | 2 | 1024> | undefined;
  /**
   * Keep huge pages when the VM stops. root@pam with a password only.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `keephugepages`
   */
  keepHugepages?: pulumi.Input<boolean> | undefined;
  /**
   * Firmware: `seabios` or `ovmf` (UEFI).
   *
   * - Default: `"seabios"`
   * - Change: live
   * - Proxmox: `bios`
   */
  bios?: pulumi.Input<"seabios" | "ovmf"> | undefined;
  /**
   * Disk for the EFI variables, with `bios: "ovmf"`. Added in place; a running VM is rebooted. Its parameters are
   * fixed when it is made: a change of them is refused and never replaces the VM.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `efidisk0`
   */
  efiDisk?: pulumi.Input<TemplateEfiDiskArgs> | undefined;
  /**
   * TPM. Added in place; a running VM is rebooted. Removing it destroys its keys.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `tpmstate0`
   */
  tpm?: pulumi.Input<TemplateTpmArgs> | undefined;
  /**
   * Machine type such as `q35`, with options as Proxmox writes them, or an object such as `{ type: "q35", viommu:
   * "virtio" }`.
   *
   * - Default: `"pc"`
   * - Change: live
   * - Proxmox: `machine`
   */
  machine?: pulumi.Input<string | TemplateMachineArgs> | undefined;
  /**
   * What the guest reads as its maker, product and serial number; the uuid stays Proxmox's.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `smbios1`
   */
  smbios?: pulumi.Input<TemplateSmbiosArgs> | undefined;
  /**
   * Memory encryption by AMD; root@pam with a password only.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `amd-sev`
   */
  amdSev?: pulumi.Input<TemplateAmdSevArgs> | undefined;
  /**
   * Trust domain by Intel; root@pam with a password only.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `intel-tdx`
   */
  intelTdx?: pulumi.Input<TemplateIntelTdxArgs> | undefined;
  /**
   * Processor architecture; root@pam with a password only.
   *
   * - Default: the host's
   * - Change: live
   * - Proxmox: `arch`
   */
  arch?: pulumi.Input<"x86_64" | "aarch64"> | undefined;
  /**
   * Arguments for QEMU itself; root@pam with a password only.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `args`
   */
  args?: pulumi.Input<string> | undefined;
  /**
   * Display such as `std`, `virtio`, `serial0`, `none`, with options as Proxmox writes them, or an object such as
   * `{ type: "virtio", memoryMiB: 64 }`.
   *
   * - Default: `"std"`
   * - Change: live
   * - Proxmox: `vga`
   */
  vga?: pulumi.Input<string | TemplateVgaArgs> | undefined;
  /**
   * Sound device.
   *
   * - Default: none
   * - Change: live
   * - Proxmox: `audio0`
   */
  audio?: pulumi.Input<TemplateAudioArgs> | undefined;
  /**
   * What SPICE offers beyond the display; root@pam with a password only.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `spice_enhancements`
   */
  spice?: pulumi.Input<TemplateSpiceArgs> | undefined;
  /**
   * Keyboard layout of the console.
   *
   * - Default: the datacenter's
   * - Change: live
   * - Proxmox: `keyboard`
   */
  keyboard?: pulumi.Input<"de" | "de-ch" | "da" | "en-gb" | "en-us" | "es" | "fi" | "fr" | "fr-be" | "fr-ca" | "fr-ch" | "hu" | "is" | "it" | "ja" | "lt" | "mk" | "nl" | "no" | "pl" | "pt" | "pt-br" | "sv" | "sl" | "tr"> | undefined;
  /**
   * PCI devices of the host, in the order of their numbers.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `hostpci0`-`hostpci15`
   */
  pci?: pulumi.Input<pulumi.Input<TemplatePciArgs>[]> | undefined;
  /**
   * USB devices, in the order of their numbers. Hot-plugged where `hotplug` has `usb`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `usb0`-`usb13`
   */
  usb?: pulumi.Input<pulumi.Input<TemplateUsbArgs>[]> | undefined;
  /**
   * Directories of the host shared with the guest.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `virtiofs0`-`virtiofs9`
   */
  virtiofs?: pulumi.Input<pulumi.Input<TemplateVirtiofsArgs>[]> | undefined;
  /**
   * First serial port: `socket` for a console. With several ports write `serials`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `serial0`
   */
  serial?: pulumi.Input<"socket"> | undefined;
  /**
   * Serial ports: `socket`, or a device of the host such as `/dev/ttyS0` (root@pam with a password only).
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `serial0`-`serial3`
   */
  serials?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Source of random numbers for the guest.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `rng0`
   */
  rng?: pulumi.Input<TemplateRngArgs> | undefined;
  /**
   * Hardware watchdog.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `watchdog`
   */
  watchdog?: pulumi.Input<TemplateWatchdogArgs> | undefined;
  /**
   * USB tablet as pointer. Hot-plugged where `hotplug` has `usb`.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `tablet`
   */
  tablet?: pulumi.Input<boolean> | undefined;
  /**
   * Memory shared between VMs; root@pam with a password only.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `ivshmem`
   */
  sharedMemory?: pulumi.Input<TemplateSharedMemoryArgs> | undefined;
  /**
   * CD drives. A new or removed drive on `ide` or `sata` needs a reboot; another image is live. `ide2` is the
   * cloud-init drive's slot when there is one.
   *
   * - Default: not set
   * - Change: live
   */
  cdroms?: pulumi.Input<pulumi.Input<TemplateCdromArgs>[]> | undefined;
  /**
   * Guest operating system: `l26` for Linux, `win11`, ...
   *
   * - Default: `"other"`
   * - Change: live
   * - Proxmox: `ostype`
   */
  osType?: pulumi.Input<"other" | "wxp" | "w2k" | "w2k3" | "w2k8" | "wvista" | "win7" | "win8" | "win10" | "win11" | "l24" | "l26" | "solaris"> | undefined;
  /**
   * SCSI controller.
   *
   * - Default: `lsi`; `virtio-scsi-single` for VMs from images
   * - Change: live
   * - Proxmox: `scsihw`
   */
  scsiController?: pulumi.Input<"lsi" | "lsi53c810" | "virtio-scsi-pci" | "virtio-scsi-single" | "megasas" | "pvscsi"> | undefined;
  /**
   * Devices to boot from, in this order, such as `["scsi0", "net0"]`. Of effect at the next boot; the VM is not
   * rebooted for it.
   *
   * - Default: the boot disk
   * - Change: live
   * - Proxmox: `boot`
   */
  bootOrder?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * What may be hot-plugged: a list of `network`, `disk`, `usb`, `memory`, `cpu`, `cloudinit`, or text such as
   * `network,disk`, `0` (nothing) or `1` (the default: network, disk, usb). Live, but `memory` and `cpu` need a
   * reboot.
   *
   * - Default: `"network,disk,usb"`
   * - Change: live
   * - Proxmox: `hotplug`
   */
  hotplug?: pulumi.Input<string | pulumi.Input<"network" | "disk" | "usb" | "memory" | "cpu" | "cloudinit">[]> | undefined;
  /**
   * QEMU guest agent: `true` when the guest runs one, or an object such as `{ enabled: true, freezeFs: false }`;
   * needed for addresses and clean shutdowns.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `agent`
   */
  agent?: pulumi.Input<boolean | TemplateAgentArgs> | undefined;
  /**
   * Start the VM when its node boots.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `onboot`
   */
  onBoot?: pulumi.Input<boolean> | undefined;
  /**
   * Start-up order such as `{ order: 2, upDelay: 30, downDelay: 60 }`, or text such as `order=2,up=30,down=60`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `startup`
   */
  startup?: pulumi.Input<string | TemplateStartupArgs> | undefined;
  /**
   * Proxmox's own protection: the VM and its disks cannot be removed, by this program neither.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `protection`
   */
  protection?: pulumi.Input<boolean> | undefined;
  /**
   * ACPI.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `acpi`
   */
  acpi?: pulumi.Input<boolean> | undefined;
  /**
   * Hardware virtualisation by KVM.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `kvm`
   */
  kvm?: pulumi.Input<boolean> | undefined;
  /**
   * Let the CPUs wait for a `c` in QEMU's monitor at each start. At the next start.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `freeze`
   */
  freeze?: pulumi.Input<boolean> | undefined;
  /**
   * Allow the guest to reboot; `false`: it exits instead.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `reboot`
   */
  guestReboot?: pulumi.Input<boolean> | undefined;
  /**
   * The clock shows local time.
   *
   * - Default: for Windows only
   * - Change: live
   * - Proxmox: `localtime`
   */
  localTime?: pulumi.Input<boolean> | undefined;
  /**
   * Date of the clock at the start: `now`, `2026-01-31` or `2026-01-31T10:00:00`.
   *
   * - Default: `"now"`
   * - Change: live
   * - Proxmox: `startdate`
   */
  startDate?: pulumi.Input<string> | undefined;
  /**
   * Correct lost timer interrupts.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `tdf`
   */
  timeDriftFix?: pulumi.Input<boolean> | undefined;
  /**
   * Storage for the memory of snapshots and suspended VMs.
   *
   * - Default: chosen by Proxmox
   * - Change: live
   * - Proxmox: `vmstatestorage`
   */
  vmStateStorage?: pulumi.Input<string> | undefined;
  /**
   * Script of a storage of snippets that runs at changes of the VM's power state, such as
   * `local:snippets/hook.pl`; root@pam with a password only.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `hookscript`
   */
  hookScript?: pulumi.Input<string> | undefined;
  /**
   * Longest pause at the end of a live migration, in seconds.
   *
   * - Default: `0.1`
   * - Change: live
   * - Proxmox: `migrate_downtime`
   */
  migrateDowntime?: pulumi.Input<number> | undefined;
  /**
   * Limit of a live migration's speed in MB/s; 0 = none.
   *
   * - Default: `0`
   * - Change: live
   * - Proxmox: `migrate_speed`
   */
  migrateSpeedMBps?: pulumi.Input<number> | undefined;
  /**
   * Network devices, in the order of their numbers.
   *
   * - Default: not set
   * - Change: live
   */
  networks?: pulumi.Input<pulumi.Input<TemplateNetworkArgs>[]> | undefined;
  /**
   * Cloud-init by Proxmox's own fields.
   *
   * - Default: not set
   * - Change: live
   */
  cloudInit?: pulumi.Input<TemplateCloudInitArgs> | undefined;
  /**
   * Longest time of each operation, such as `{ create: "45m" }`.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<TemplateTimeoutsArgs> | undefined;
  /**
   * `false`: a change that replaces fails in preview.
   *
   * - Default: `true`
   * - Change: none, nothing happens to what is there
   */
  allowReplace?: pulumi.Input<boolean> | undefined;
  /**
   * Node that holds the template.
   *
   * - Default: where its image or VM is
   * - Change: replace, it is made anew
   */
  node?: pulumi.Input<string> | undefined;
  /**
   * Volume id of the disk image, such as a CloudImage's `volumeId`. A change replaces; clones of the old one live
   * on.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  imageVolumeId?: pulumi.Input<string> | undefined;
  /**
   * The old name of `imageVolumeId`.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   *
   * @deprecated Write `imageVolumeId`.
   */
  image?: pulumi.Input<string> | undefined;
  /**
   * What the template is made from, instead of `imageVolumeId`.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  source?: pulumi.Input<TemplateSourceArgs> | undefined;
  /**
   * The boot disk; the image's own size when `sizeGiB` is left out. Slot, storage, format and size replace.
   *
   * - Default: not set
   * - Change: live
   */
  disk?: pulumi.Input<TemplateDiskArgs> | undefined;
  /**
   * All disks, the boot disk first, instead of `disk`. Slot, storage, format, size and number replace.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  disks?: pulumi.Input<pulumi.Input<TemplateDiskArgs>[]> | undefined;
  /**
   * Any text: a change makes a new version of the template, even of the same image.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  version?: pulumi.Input<string> | undefined;
  /**
   * How many superseded versions are kept although nothing is cloned from them, newest first. Versions with linked
   * clones are kept in any case.
   *
   * - Default: `0`
   * - Change: live
   */
  keep?: pulumi.Input<number> | undefined;
  /**
   * What happens to a version that is superseded while it has linked clones. `retire` (default): it is renamed and
   * tagged `retired`, and removed by a later change or the deletion of this resource, once no clone is left.
   * `refuse`: the update fails. The last version is never removed while it has linked clones.
   *
   * - Default: not set
   * - Change: live
   */
  whileCloned?: pulumi.Input<"retire" | "refuse"> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateAdoptArgs {
  /**
   * The guest's uuid (`smbios1`), as an error about it tells it.
   *
   * - Change: none, nothing happens to what is there
   */
  uuid: pulumi.Input<string>;
}

/** Part of the arguments of a Template. */
export interface TemplateCpuArgs {
  /**
   * CPU type such as `host`, `x86-64-v2-AES`, `EPYC`, `custom-mine`.
   *
   * - Change: live
   * - Proxmox: `cputype`
   */
  type: pulumi.Input<string>;
  /**
   * Flags to add (`+aes`) and to take away (`-pcid`). The order does not matter.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `flags`
   */
  flags?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Hide from the guest that it is virtual, as some drivers want it.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `hidden`
   */
  hidden?: pulumi.Input<boolean> | undefined;
  /**
   * Hyper-V vendor id that a Windows guest sees, 1 to 12 letters and digits.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `hv-vendor-id`
   */
  hvVendorId?: pulumi.Input<string> | undefined;
  /**
   * Bits of physical addresses that the guest sees: 8 to 64, or `host`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `phys-bits`
   */
  physBits?: pulumi.Input<number | "host"> | undefined;
  /**
   * Bits of physical addresses that the guest uses, 32 to 64.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `guest-phys-bits`
   */
  guestPhysBits?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateNumaNodeArgs {
  /**
   * CPUs of the guest in this node, such as `0-1` or `0;2`.
   *
   * - Change: live
   * - Proxmox: `cpus`
   */
  cpus: pulumi.Input<string>;
  /**
   * Memory in this node, in MiB; that of all nodes together is `memoryMiB`.
   *
   * - Change: live
   * - Proxmox: `memory`
   */
  memoryMiB: pulumi.Input<number>;
  /**
   * NUMA nodes of the host to take the memory from; needs `policy`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `hostnodes`
   */
  hostNodes?: pulumi.Input<string> | undefined;
  /**
   * How the host's nodes are used.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `policy`
   */
  policy?: pulumi.Input<"preferred" | "bind" | "interleave"> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateEfiDiskArgs {
  /**
   * Storage that holds the EFI variables. A change moves them.
   *
   * - Change: live
   */
  storage: pulumi.Input<string>;
  /**
   * Layout: `4m` (also for Secure Boot) or the older `2m`. Fixed when made.
   *
   * - Default: `"4m"`
   * - Change: none, nothing happens to what is there
   * - Proxmox: `efitype`
   */
  type?: pulumi.Input<"4m" | "2m"> | undefined;
  /**
   * Make it with the keys for Secure Boot. Fixed when made.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   * - Proxmox: `pre-enrolled-keys`
   */
  preEnrolledKeys?: pulumi.Input<boolean> | undefined;
  /**
   * Which Microsoft certificates it is marked to hold; only read when the disk is made.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   * - Proxmox: `ms-cert`
   */
  msCert?: pulumi.Input<"2011" | "2023" | "2023w" | "2023k"> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateTpmArgs {
  /**
   * Storage that holds the TPM's state. A change moves it; the VM must be stopped for that.
   *
   * - Change: live
   */
  storage: pulumi.Input<string>;
  /**
   * TPM version: `v2.0` or `v1.2`. Fixed when made.
   *
   * - Default: `"v2.0"`
   * - Change: none, nothing happens to what is there
   * - Proxmox: `version`
   */
  version?: pulumi.Input<"v2.0" | "v1.2"> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateMachineArgs {
  /**
   * Machine type: `q35`, `pc`, or a version such as `pc-q35-9.2`.
   *
   * - Default: `"pc"`
   * - Change: live
   * - Proxmox: `type`
   */
  type?: pulumi.Input<string> | undefined;
  /**
   * IOMMU for the guest: `virtio`, or `intel` (q35 only).
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `viommu`
   */
  viommu?: pulumi.Input<"intel" | "virtio"> | undefined;
  /**
   * Address bits of the guest's IOMMU, 32 to 64.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `aw-bits`
   */
  iommuAddressBits?: pulumi.Input<number> | undefined;
  /**
   * Let the guest suspend to memory.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `enable-s3`
   */
  enableS3?: pulumi.Input<boolean> | undefined;
  /**
   * Let the guest suspend to disk.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `enable-s4`
   */
  enableS4?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateSmbiosArgs {
  /**
   * Manufacturer.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `manufacturer`
   */
  manufacturer?: pulumi.Input<string> | undefined;
  /**
   * Product name.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `product`
   */
  product?: pulumi.Input<string> | undefined;
  /**
   * Version.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `version`
   */
  version?: pulumi.Input<string> | undefined;
  /**
   * Serial number.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `serial`
   */
  serial?: pulumi.Input<string> | undefined;
  /**
   * SKU number.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sku`
   */
  sku?: pulumi.Input<string> | undefined;
  /**
   * Family.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `family`
   */
  family?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateAmdSevArgs {
  /**
   * Kind of encryption: `std`, `es` or `snp`.
   *
   * - Change: live
   * - Proxmox: `type`
   */
  type: pulumi.Input<"std" | "es" | "snp">;
  /**
   * Forbid debugging of the guest.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `no-debug`
   */
  noDebug?: pulumi.Input<boolean> | undefined;
  /**
   * Forbid sharing of keys with other guests.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `no-key-sharing`
   */
  noKeySharing?: pulumi.Input<boolean> | undefined;
  /**
   * Allow simultaneous multithreading.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `allow-smt`
   */
  allowSmt?: pulumi.Input<boolean> | undefined;
  /**
   * Add hashes of kernel, initrd and command line to the measured memory.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `kernel-hashes`
   */
  kernelHashes?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateIntelTdxArgs {
  /**
   * Attestation by quotes.
   *
   * - Change: live
   * - Proxmox: `attestation`
   */
  attestation: pulumi.Input<boolean>;
  /**
   * Context id of the quote service.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `vsock-cid`
   */
  vsockCid?: pulumi.Input<number> | undefined;
  /**
   * Port of the quote service.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `vsock-port`
   */
  vsockPort?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateVgaArgs {
  /**
   * Kind of display: `std`, `virtio`, `qxl`, `serial0`, `none`, ...
   *
   * - Change: live
   * - Proxmox: `type`
   */
  type: pulumi.Input<"std" | "virtio" | "virtio-gl" | "qxl" | "qxl2" | "qxl3" | "qxl4" | "vmware" | "cirrus" | "none" | "serial0" | "serial1" | "serial2" | "serial3">;
  /**
   * Video memory in MiB, 4 to 512.
   *
   * - Default: by the type
   * - Change: live
   * - Proxmox: `memory`
   */
  memoryMiB?: pulumi.Input<number> | undefined;
  /**
   * `vnc`: a clipboard shared through the console.
   *
   * - Default: SPICE's, with a SPICE display
   * - Change: live
   * - Proxmox: `clipboard`
   */
  clipboard?: pulumi.Input<"vnc"> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateAudioArgs {
  /**
   * Sound device.
   *
   * - Change: live
   * - Proxmox: `device`
   */
  device: pulumi.Input<"ich9-intel-hda" | "intel-hda" | "AC97">;
  /**
   * Where the sound goes: `spice` or `none`.
   *
   * - Default: `"spice"`
   * - Change: live
   * - Proxmox: `driver`
   */
  driver?: pulumi.Input<"spice" | "none"> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateSpiceArgs {
  /**
   * Share folders through SPICE.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `foldersharing`
   */
  folderSharing?: pulumi.Input<boolean> | undefined;
  /**
   * Compress what looks like video: `off`, `all` or `filter`.
   *
   * - Default: `"off"`
   * - Change: live
   * - Proxmox: `videostreaming`
   */
  videoStreaming?: pulumi.Input<"off" | "all" | "filter"> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplatePciArgs {
  /**
   * Name of a PCI mapping of the datacenter.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mapping`
   */
  mapping?: pulumi.Input<string> | undefined;
  /**
   * Address on the host such as `0000:01:00.0`, several with `;`; root@pam with a password only.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `host`
   */
  host?: pulumi.Input<string> | undefined;
  /**
   * Present it as PCI Express; needs `machine: "q35"`.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `pcie`
   */
  pcie?: pulumi.Input<boolean> | undefined;
  /**
   * The guest's primary display.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `x-vga`
   */
  primaryGpu?: pulumi.Input<boolean> | undefined;
  /**
   * Show the device's ROM to the guest.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `rombar`
   */
  romBar?: pulumi.Input<boolean> | undefined;
  /**
   * ROM file in /usr/share/kvm of the node.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `romfile`
   */
  romFile?: pulumi.Input<string> | undefined;
  /**
   * Type of the mediated device to make, such as `nvidia-63`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mdev`
   */
  mdev?: pulumi.Input<string> | undefined;
  /**
   * Intel's integrated graphics in legacy mode.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `legacy-igd`
   */
  legacyIgd?: pulumi.Input<boolean> | undefined;
  /**
   * Driver on the host: `vfio`, or `keep` the one that it has.
   *
   * - Default: `"vfio"`
   * - Change: live
   * - Proxmox: `driver`
   */
  driver?: pulumi.Input<"vfio" | "keep"> | undefined;
  /**
   * Vendor id that the guest sees.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `vendor-id`
   */
  vendorId?: pulumi.Input<string> | undefined;
  /**
   * Device id that the guest sees.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `device-id`
   */
  deviceId?: pulumi.Input<string> | undefined;
  /**
   * Subsystem vendor id that the guest sees.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sub-vendor-id`
   */
  subVendorId?: pulumi.Input<string> | undefined;
  /**
   * Subsystem device id that the guest sees.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sub-device-id`
   */
  subDeviceId?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateUsbArgs {
  /**
   * Name of a USB mapping of the datacenter.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mapping`
   */
  mapping?: pulumi.Input<string> | undefined;
  /**
   * `spice`, or a device of the host: vendor and product (`1234:5678`) or bus and port (`1-2.4`), for which
   * root@pam with a password is needed.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `host`
   */
  host?: pulumi.Input<string> | undefined;
  /**
   * A USB 3 device; without meaning for Linux and Windows 8 or newer.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `usb3`
   */
  usb3?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateVirtiofsArgs {
  /**
   * Name of a directory mapping of the datacenter; the guest mounts it by this name.
   *
   * - Change: live
   * - Proxmox: `dirid`
   */
  mapping: pulumi.Input<string>;
  /**
   * Caching.
   *
   * - Default: `"auto"`
   * - Change: live
   * - Proxmox: `cache`
   */
  cache?: pulumi.Input<"auto" | "always" | "metadata" | "never"> | undefined;
  /**
   * Honour direct I/O of the guest.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `direct-io`
   */
  directIo?: pulumi.Input<boolean> | undefined;
  /**
   * Extended attributes.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `expose-xattr`
   */
  exposeXattr?: pulumi.Input<boolean> | undefined;
  /**
   * POSIX ACLs; not for Windows.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `expose-acl`
   */
  exposeAcl?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateRngArgs {
  /**
   * Source on the host: `/dev/urandom`, `/dev/random` or `/dev/hwrng` (needs `Mapping.Use` on it).
   *
   * - Change: live
   * - Proxmox: `source`
   */
  source: pulumi.Input<"/dev/urandom" | "/dev/random" | "/dev/hwrng">;
  /**
   * Bytes that the guest gets per period; 0 = no limit.
   *
   * - Default: `1024`
   * - Change: live
   * - Proxmox: `max_bytes`
   */
  maxBytes?: pulumi.Input<number> | undefined;
  /**
   * Length of a period in milliseconds.
   *
   * - Default: `1000`
   * - Change: live
   * - Proxmox: `period`
   */
  periodMs?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateWatchdogArgs {
  /**
   * Device that the guest sees.
   *
   * - Change: live
   * - Proxmox: `model`
   */
  model: pulumi.Input<"i6300esb" | "ib700">;
  /**
   * What happens when the guest stops answering it.
   *
   * - Default: nothing
   * - Change: live
   * - Proxmox: `action`
   */
  action?: pulumi.Input<"reset" | "shutdown" | "poweroff" | "pause" | "debug" | "none"> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateSharedMemoryArgs {
  /**
   * Size in MiB.
   *
   * - Change: live
   * - Proxmox: `size`
   */
  sizeMiB: pulumi.Input<number>;
  /**
   * Name of the file on the host.
   *
   * - Default: the VMID
   * - Change: live
   * - Proxmox: `name`
   */
  name?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateCdromArgs {
  /**
   * Where it is attached: `ide0`-`ide3`, `sata0`-`sata5` or `scsi0`-`scsi30`. A change makes another drive;
   * reboot.
   *
   * - Change: live
   */
  slot: pulumi.Input<string>;
  /**
   * Volume id of an ISO image such as `local:iso/debian.iso`, or `none` for an empty drive.
   *
   * - Change: live
   */
  iso: pulumi.Input<string>;
}

/** Part of the arguments of a Template. */
export interface TemplateAgentArgs {
  /**
   * Whether the guest runs an agent.
   *
   * - Change: live
   * - Proxmox: `enabled`
   */
  enabled: pulumi.Input<boolean>;
  /**
   * How it is reached: `virtio` or `isa`.
   *
   * - Default: `"virtio"`
   * - Change: live
   * - Proxmox: `type`
   */
  type?: pulumi.Input<"virtio" | "isa"> | undefined;
  /**
   * Trim file systems after a disk was moved or the VM migrated.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `fstrim_cloned_disks`
   */
  fstrimClonedDisks?: pulumi.Input<boolean> | undefined;
  /**
   * Freeze file systems for backups, snapshots and clones.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `freeze-fs`
   */
  freezeFs?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateStartupArgs {
  /**
   * Place in the order of starting; shutdown goes the other way round.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `order`
   */
  order?: pulumi.Input<number> | undefined;
  /**
   * Seconds to wait before the next guest is started.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `up`
   */
  upDelay?: pulumi.Input<number> | undefined;
  /**
   * Seconds that the guest has to shut down.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `down`
   */
  downDelay?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateNetworkArgs {
  /**
   * Bridge or SDN vnet on the node.
   *
   * - Change: live
   * - Proxmox: `bridge`
   */
  bridge: pulumi.Input<string>;
  /**
   * Model of the device. A change unplugs and plugs the device.
   *
   * - Default: `"virtio"`
   * - Change: live
   * - Proxmox: `model`
   */
  model?: pulumi.Input<"virtio" | "e1000" | "e1000e" | "rtl8139" | "vmxnet3" | "e1000-82540em" | "e1000-82544gc" | "e1000-82545em" | "i82551" | "i82557b" | "i82559er" | "ne2k_isa" | "ne2k_pci" | "pcnet"> | undefined;
  /**
   * MAC address. A change unplugs and plugs the device.
   *
   * - Default: chosen by Proxmox at creation and kept
   * - Change: live
   */
  mac?: pulumi.Input<string> | undefined;
  /**
   * VLAN tag, 1-4094.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `tag`
   */
  vlan?: pulumi.Input<number> | undefined;
  /**
   * VLANs let through beside the tag, each a number or a range such as `"10-20"`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `trunks`
   */
  trunks?: pulumi.Input<pulumi.Input<number | string>[]> | undefined;
  /**
   * Apply Proxmox's firewall to this device.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `firewall`
   */
  firewall?: pulumi.Input<boolean> | undefined;
  /**
   * Rate limit in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `rate`
   */
  rateMBps?: pulumi.Input<number> | undefined;
  /**
   * MTU of a virtio device; 1 = that of the bridge. A change unplugs and plugs the device.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Packet queues of a virtio device. A change unplugs and plugs the device.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `queues`
   */
  queues?: pulumi.Input<number> | undefined;
  /**
   * Cable pulled.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `link_down`
   */
  disconnected?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateCloudInitAddressArgs {
  /**
   * IPv4: `dhcp`, or an address with prefix length.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `ip` in `ipconfigN`
   */
  address?: pulumi.Input<string> | undefined;
  /**
   * IPv4 gateway; needs a static `address`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `gw`
   */
  gateway?: pulumi.Input<string> | undefined;
  /**
   * IPv6: `dhcp`, `auto` (SLAAC), or an address with prefix length.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `ip6`
   */
  address6?: pulumi.Input<string> | undefined;
  /**
   * IPv6 gateway; needs a static `address6`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `gw6`
   */
  gateway6?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateCloudInitArgs {
  /**
   * Storage of the cloud-init drive. Only read when the drive is made.
   *
   * - Default: that of the first disk
   * - Change: none, nothing happens to what is there
   */
  storage?: pulumi.Input<string> | undefined;
  /**
   * Login user.
   *
   * - Default: the image's own
   * - Change: live
   * - Proxmox: `ciuser`
   */
  user?: pulumi.Input<string> | undefined;
  /**
   * Password of the user, or a reference to it. Prefer `sshKeys`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `cipassword`
   */
  password?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Public SSH keys of the user, one per entry.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sshkeys`
   */
  sshKeys?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Addresses, one entry for each of `networks`, in their order.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `ipconfigN`
   */
  addresses?: pulumi.Input<pulumi.Input<TemplateCloudInitAddressArgs>[]> | undefined;
  /**
   * DNS servers.
   *
   * - Default: the node's
   * - Change: live
   * - Proxmox: `nameserver`
   */
  nameservers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * DNS search domain.
   *
   * - Default: the node's
   * - Change: live
   * - Proxmox: `searchdomain`
   */
  searchDomain?: pulumi.Input<string> | undefined;
  /**
   * Upgrade packages at the first boot.
   *
   * - Default: Proxmox's own (yes)
   * - Change: live
   * - Proxmox: `ciupgrade`
   */
  upgrade?: pulumi.Input<boolean> | undefined;
  /**
   * Own user data, in place of all that Proxmox would write (`user`, `password`, `sshKeys`, `upgrade`). An object
   * becomes `#cloud-config`. Always a secret in the state. A change reaches the guest at its next boot, where
   * cloud-init runs as for a new machine; see `rerun`.
   *
   * - Default: not set
   * - Change: live
   */
  userData?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * Own network configuration, in place of `addresses`, `nameservers` and `searchDomain`. Secret in the state.
   *
   * - Default: not set
   * - Change: live
   */
  networkConfig?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * Own vendor data: runs beside the user data, which wins. By `snippets` also beside Proxmox's own fields.
   * Secret.
   *
   * - Default: not set
   * - Change: live
   */
  vendorData?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * Own meta data. Secret.
   *
   * - Default: with `userData`: the VM's name as host name, and an instance id by the content
   * - Change: live
   */
  metaData?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * How own data reach the guest. `snippets`: as files in a storage's snippets directory, written over SSH, which
   * Proxmox puts on the cloud-init drive. `iso`: as an image that is uploaded and inserted in place of the
   * cloud-init drive.
   *
   * - Default: what the VM has; for a new one `snippets` where SSH is configured, else `iso`
   * - Change: live
   */
  via?: pulumi.Input<"snippets" | "iso"> | undefined;
  /**
   * File-based storage of own data, with content `snippets` or `iso`. An image on a storage that is not shared
   * keeps the VM from being migrated by others than this program.
   *
   * - Default: a shared one of the node, else `local`, else the first one
   * - Change: live
   */
  dataStorage?: pulumi.Input<string> | undefined;
  /**
   * `false`: changed own data do not make the guest a new machine for cloud-init, so that only what runs at every
   * boot takes them up.
   *
   * - Default: true: the instance id follows the content
   * - Change: live
   */
  rerun?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateSourceArgs {
  /**
   * Volume id of the disk image; the same as `imageVolumeId` of the template.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  imageVolumeId?: pulumi.Input<string> | undefined;
  /**
   * The old name of `imageVolumeId`.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   *
   * @deprecated Write `imageVolumeId`.
   */
  image?: pulumi.Input<string> | undefined;
  /**
   * VMID of a VM: it is copied in full, the copy is converted, and the VM itself stays as it is.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  vm?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateDiskLimitsArgs {
  /**
   * Reads and writes together, in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps`
   */
  totalMBps?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps_max`
   */
  totalBurstMBps?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bps_max_length`
   */
  totalBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Reads in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps_rd`
   */
  readMBps?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps_rd_max`
   */
  readBurstMBps?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bps_rd_max_length`
   */
  readBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Writes in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps_wr`
   */
  writeMBps?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in MB/s.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `mbps_wr_max`
   */
  writeBurstMBps?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bps_wr_max_length`
   */
  writeBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Reads and writes together, in operations per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops`
   */
  totalIops?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in operations per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_max`
   */
  totalBurstIops?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_max_length`
   */
  totalIopsBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Reads per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_rd`
   */
  readIops?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in operations per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_rd_max`
   */
  readBurstIops?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_rd_max_length`
   */
  readIopsBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Writes per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_wr`
   */
  writeIops?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in operations per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_wr_max`
   */
  writeBurstIops?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iops_wr_max_length`
   */
  writeIopsBurstSeconds?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Template. */
export interface TemplateDiskArgs {
  /**
   * Where the disk is attached: `scsi0`-`scsi30`, `virtio0`-`virtio15`, `sata0`-`sata5`, `ide0`-`ide3`. The slots
   * tell the disks apart: give every disk one before you remove any. A change moves a VM's disk there with its
   * volume and its place in the boot order; a running VM is shut down for it, and started.
   *
   * - Default: `scsi<position in the list>`
   * - Change: replace, it is made anew
   */
  slot?: pulumi.Input<string> | undefined;
  /**
   * Storage that holds the volume. A change moves the disk, on a running VM too.
   *
   * - Change: replace, it is made anew
   */
  storage: pulumi.Input<string>;
  /**
   * Size in GiB. Grows in place, live; shrinking is refused.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   * - Proxmox: `size`, `resize`
   */
  sizeGiB?: pulumi.Input<number> | undefined;
  /**
   * Image format on file storages: `raw`, `qcow2`, `vmdk`. Only read when the disk is made or moved.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   * - Proxmox: `format`
   */
  format?: pulumi.Input<"raw" | "qcow2" | "vmdk"> | undefined;
  /**
   * Cache mode.
   *
   * - Default: `"none"`
   * - Change: live
   * - Proxmox: `cache`
   */
  cache?: pulumi.Input<"none" | "writethrough" | "writeback" | "unsafe" | "directsync"> | undefined;
  /**
   * Pass discards on, so that freed space returns to a thin storage.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `discard=on`
   */
  discard?: pulumi.Input<boolean> | undefined;
  /**
   * A thread of its own for this disk's I/O (scsi with `virtio-scsi-single`, virtio).
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `iothread`
   */
  ioThread?: pulumi.Input<boolean> | undefined;
  /**
   * Present the disk as solid-state.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `ssd`
   */
  ssd?: pulumi.Input<boolean> | undefined;
  /**
   * Include the disk in backups.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `backup`
   */
  backup?: pulumi.Input<boolean> | undefined;
  /**
   * Include the disk in replication jobs.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `replicate`
   */
  replicate?: pulumi.Input<boolean> | undefined;
  /**
   * Asynchronous I/O mode.
   *
   * - Default: by the storage
   * - Change: live
   * - Proxmox: `aio`
   */
  aio?: pulumi.Input<"native" | "threads" | "io_uring"> | undefined;
  /**
   * The guest cannot write to it (scsi, virtio).
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `ro`
   */
  readOnly?: pulumi.Input<boolean> | undefined;
  /**
   * The volume is the same on all nodes although Proxmox does not know.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `shared`
   */
  shared?: pulumi.Input<boolean> | undefined;
  /**
   * Drop everything written when the VM stops.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `snapshot`
   */
  snapshot?: pulumi.Input<boolean> | undefined;
  /**
   * Look for writes of zeroes.
   *
   * - Default: by `discard`
   * - Change: live
   * - Proxmox: `detect_zeroes`
   */
  detectZeroes?: pulumi.Input<boolean> | undefined;
  /**
   * Serial number that the guest sees, at most 20 bytes.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `serial`
   */
  serial?: pulumi.Input<string> | undefined;
  /**
   * World wide name that the guest sees (ide, sata, scsi).
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `wwn`
   */
  wwn?: pulumi.Input<string> | undefined;
  /**
   * Vendor that the guest sees (scsi), at most 8 characters.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `vendor`
   */
  vendor?: pulumi.Input<string> | undefined;
  /**
   * Product that the guest sees (scsi), at most 16 characters.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `product`
   */
  product?: pulumi.Input<string> | undefined;
  /**
   * Model that the guest sees (ide, sata), at most 40 bytes.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `model`
   */
  model?: pulumi.Input<string> | undefined;
  /**
   * Queues of a scsi disk.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `queues`
   */
  queues?: pulumi.Input<number> | undefined;
  /**
   * What happens when a read fails.
   *
   * - Default: `report`
   * - Change: live
   * - Proxmox: `rerror`
   */
  onReadError?: pulumi.Input<"ignore" | "report" | "stop"> | undefined;
  /**
   * What happens when a write fails.
   *
   * - Default: `enospc`: stop when the storage is full
   * - Change: live
   * - Proxmox: `werror`
   */
  onWriteError?: pulumi.Input<"enospc" | "ignore" | "report" | "stop"> | undefined;
  /**
   * Limits of throughput.
   *
   * - Default: none
   * - Change: live
   */
  limits?: pulumi.Input<TemplateDiskLimitsArgs> | undefined;
}
