// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";

/** Arguments of a GoldenTemplate. */
export interface GoldenTemplateArgs {
  /**
   * Name in Proxmox: DNS labels.
   *
   * - Default: the resource's own name
   * - Change: live
   * - Proxmox: `name`
   */
  name?: pulumi.Input<string> | undefined;
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
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `cores`
   */
  cores?: pulumi.Input<number> | undefined;
  /**
   * CPU sockets.
   *
   * - Default: `1`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `sockets`
   */
  sockets?: pulumi.Input<number> | undefined;
  /**
   * CPUs plugged in, at most cores x sockets. Hot-plugged where `hotplug` has `cpu`, else a reboot.
   *
   * - Default: all
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `vcpus`
   */
  vcpus?: pulumi.Input<number> | undefined;
  /**
   * CPU type such as `host` or `x86-64-v2-AES`, with options as Proxmox writes them (`host,flags=+aes`), or an
   * object such as `{ type: "host", flags: ["+aes"] }`.
   *
   * - Default: `"kvm64"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `cpu`
   */
  cpu?: pulumi.Input<string | GoldenTemplateCpuArgs> | undefined;
  /**
   * Limit of CPU time in CPUs, 0 = none.
   *
   * - Default: `0`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `cpulimit`
   */
  cpuLimit?: pulumi.Input<number> | undefined;
  /**
   * Weight against other guests, 1-10000.
   *
   * - Default: 100
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `cpuunits`
   */
  cpuUnits?: pulumi.Input<number> | undefined;
  /**
   * Host CPUs to run on, such as `0-3,8`; root@pam with a password only.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `affinity`
   */
  affinity?: pulumi.Input<string> | undefined;
  /**
   * NUMA for the guest; memory hot-plug and hugepages need it.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `numa`
   */
  numa?: pulumi.Input<boolean> | undefined;
  /**
   * The guest's NUMA nodes; needs `numa: true`.
   *
   * - Default: one per socket
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `numa0`-`numa7`
   */
  numaNodes?: pulumi.Input<pulumi.Input<GoldenTemplateNumaNodeArgs>[]> | undefined;
  /**
   * Memory in MiB. A running VM is rebooted, unless `hotplug` has `memory`: then memory comes in modules of 512
   * MiB beyond the first 1024.
   *
   * - Default: `512`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `memory`
   */
  memoryMiB?: pulumi.Input<number> | undefined;
  /**
   * Memory that the guest keeps when the node runs short, in MiB; 0 = no ballooning. Live, but switching
   * ballooning on or off needs a reboot.
   *
   * - Default: all
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `balloon`
   */
  balloonMiB?: pulumi.Input<number> | undefined;
  /**
   * Share of free memory against other ballooning guests; 0 = none.
   *
   * - Default: 1000
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `shares`
   */
  shares?: pulumi.Input<number> | undefined;
  /**
   * Merge equal memory pages with those of other guests (KSM).
   *
   * - Default: `true`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `allow-ksm`
   */
  allowKsm?: pulumi.Input<boolean> | undefined;
  /**
   * Huge pages for the guest's memory: their size in MiB (2 or 1024), or `any`; needs `numa: true`. root@pam with
   * a password only.
   *
   * - Default: none
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `hugepages`
   */
  hugepages?: pulumi.Input<"any" | 2 | 1024> | undefined;
  /**
   * Keep huge pages when the VM stops. root@pam with a password only.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `keephugepages`
   */
  keepHugepages?: pulumi.Input<boolean> | undefined;
  /**
   * Firmware: `seabios` or `ovmf` (UEFI).
   *
   * - Default: `"seabios"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `bios`
   */
  bios?: pulumi.Input<"seabios" | "ovmf"> | undefined;
  /**
   * Disk for the EFI variables, with `bios: "ovmf"`. Added in place; a running VM is rebooted. Its parameters are
   * fixed when it is made: a change of them is refused and never replaces the VM.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `efidisk0`
   */
  efiDisk?: pulumi.Input<GoldenTemplateEfiDiskArgs> | undefined;
  /**
   * TPM. Added in place; a running VM is rebooted. Removing it destroys its keys.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `tpmstate0`
   */
  tpm?: pulumi.Input<GoldenTemplateTpmArgs> | undefined;
  /**
   * Machine type such as `q35`, with options as Proxmox writes them, or an object such as `{ type: "q35", viommu:
   * "virtio" }`.
   *
   * - Default: `"pc"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `machine`
   */
  machine?: pulumi.Input<string | GoldenTemplateMachineArgs> | undefined;
  /**
   * What the guest reads as its maker, product and serial number; the uuid stays Proxmox's.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `smbios1`
   */
  smbios?: pulumi.Input<GoldenTemplateSmbiosArgs> | undefined;
  /**
   * Memory encryption by AMD; root@pam with a password only.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `amd-sev`
   */
  amdSev?: pulumi.Input<GoldenTemplateAmdSevArgs> | undefined;
  /**
   * Trust domain by Intel; root@pam with a password only.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `intel-tdx`
   */
  intelTdx?: pulumi.Input<GoldenTemplateIntelTdxArgs> | undefined;
  /**
   * Processor architecture; root@pam with a password only.
   *
   * - Default: the host's
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `arch`
   */
  arch?: pulumi.Input<"x86_64" | "aarch64"> | undefined;
  /**
   * Arguments for QEMU itself; root@pam with a password only.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `args`
   */
  args?: pulumi.Input<string> | undefined;
  /**
   * Display such as `std`, `virtio`, `serial0`, `none`, with options as Proxmox writes them, or an object such as
   * `{ type: "virtio", memoryMiB: 64 }`.
   *
   * - Default: `"std"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `vga`
   */
  vga?: pulumi.Input<string | GoldenTemplateVgaArgs> | undefined;
  /**
   * Sound device.
   *
   * - Default: none
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `audio0`
   */
  audio?: pulumi.Input<GoldenTemplateAudioArgs> | undefined;
  /**
   * What SPICE offers beyond the display; root@pam with a password only.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `spice_enhancements`
   */
  spice?: pulumi.Input<GoldenTemplateSpiceArgs> | undefined;
  /**
   * Keyboard layout of the console.
   *
   * - Default: the datacenter's
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `keyboard`
   */
  keyboard?: pulumi.Input<"de" | "de-ch" | "da" | "en-gb" | "en-us" | "es" | "fi" | "fr" | "fr-be" | "fr-ca" | "fr-ch" | "hu" | "is" | "it" | "ja" | "lt" | "mk" | "nl" | "no" | "pl" | "pt" | "pt-br" | "sv" | "sl" | "tr"> | undefined;
  /**
   * PCI devices of the host, in the order of their numbers.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `hostpci0`-`hostpci15`
   */
  pci?: pulumi.Input<pulumi.Input<GoldenTemplatePciArgs>[]> | undefined;
  /**
   * USB devices, in the order of their numbers. Hot-plugged where `hotplug` has `usb`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `usb0`-`usb13`
   */
  usb?: pulumi.Input<pulumi.Input<GoldenTemplateUsbArgs>[]> | undefined;
  /**
   * Directories of the host shared with the guest.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `virtiofs0`-`virtiofs9`
   */
  virtiofs?: pulumi.Input<pulumi.Input<GoldenTemplateVirtiofsArgs>[]> | undefined;
  /**
   * First serial port: `socket` for a console. With several ports write `serials`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `serial0`
   */
  serial?: pulumi.Input<"socket"> | undefined;
  /**
   * Serial ports: `socket`, or a device of the host such as `/dev/ttyS0` (root@pam with a password only).
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `serial0`-`serial3`
   */
  serials?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Source of random numbers for the guest.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `rng0`
   */
  rng?: pulumi.Input<GoldenTemplateRngArgs> | undefined;
  /**
   * Hardware watchdog.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `watchdog`
   */
  watchdog?: pulumi.Input<GoldenTemplateWatchdogArgs> | undefined;
  /**
   * USB tablet as pointer. Hot-plugged where `hotplug` has `usb`.
   *
   * - Default: `true`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `tablet`
   */
  tablet?: pulumi.Input<boolean> | undefined;
  /**
   * Memory shared between VMs; root@pam with a password only.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `ivshmem`
   */
  sharedMemory?: pulumi.Input<GoldenTemplateSharedMemoryArgs> | undefined;
  /**
   * CD drives. A new or removed drive on `ide` or `sata` needs a reboot; another image is live. `ide2` is the
   * cloud-init drive's slot when there is one.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  cdroms?: pulumi.Input<pulumi.Input<GoldenTemplateCdromArgs>[]> | undefined;
  /**
   * Guest operating system: `l26` for Linux, `win11`, ...
   *
   * - Default: `"other"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `ostype`
   */
  osType?: pulumi.Input<"other" | "wxp" | "w2k" | "w2k3" | "w2k8" | "wvista" | "win7" | "win8" | "win10" | "win11" | "l24" | "l26" | "solaris"> | undefined;
  /**
   * SCSI controller.
   *
   * - Default: `lsi`; `virtio-scsi-single` for VMs from images
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `scsihw`
   */
  scsiController?: pulumi.Input<"lsi" | "lsi53c810" | "virtio-scsi-pci" | "virtio-scsi-single" | "megasas" | "pvscsi"> | undefined;
  /**
   * Devices to boot from, in this order, such as `["scsi0", "net0"]`. Of effect at the next boot; the VM is not
   * rebooted for it.
   *
   * - Default: the boot disk
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `boot`
   */
  bootOrder?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * What may be hot-plugged: a list of `network`, `disk`, `usb`, `memory`, `cpu`, `cloudinit`, or text such as
   * `network,disk`, `0` (nothing) or `1` (the default: network, disk, usb). Live, but `memory` and `cpu` need a
   * reboot.
   *
   * - Default: `"network,disk,usb"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `hotplug`
   */
  hotplug?: pulumi.Input<string | pulumi.Input<"network" | "disk" | "usb" | "memory" | "cpu" | "cloudinit">[]> | undefined;
  /**
   * QEMU guest agent: `true` when the guest runs one, or an object such as `{ enabled: true, freezeFs: false }`;
   * needed for addresses and clean shutdowns.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `agent`
   */
  agent?: pulumi.Input<boolean | GoldenTemplateAgentArgs> | undefined;
  /**
   * Start the VM when its node boots.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `onboot`
   */
  onBoot?: pulumi.Input<boolean> | undefined;
  /**
   * Start-up order such as `{ order: 2, upDelay: 30, downDelay: 60 }`, or text such as `order=2,up=30,down=60`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `startup`
   */
  startup?: pulumi.Input<string | GoldenTemplateStartupArgs> | undefined;
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
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `acpi`
   */
  acpi?: pulumi.Input<boolean> | undefined;
  /**
   * Hardware virtualisation by KVM.
   *
   * - Default: `true`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `kvm`
   */
  kvm?: pulumi.Input<boolean> | undefined;
  /**
   * Let the CPUs wait for a `c` in QEMU's monitor at each start. At the next start.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `freeze`
   */
  freeze?: pulumi.Input<boolean> | undefined;
  /**
   * Allow the guest to reboot; `false`: it exits instead.
   *
   * - Default: `true`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `reboot`
   */
  guestReboot?: pulumi.Input<boolean> | undefined;
  /**
   * The clock shows local time.
   *
   * - Default: for Windows only
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `localtime`
   */
  localTime?: pulumi.Input<boolean> | undefined;
  /**
   * Date of the clock at the start: `now`, `2026-01-31` or `2026-01-31T10:00:00`.
   *
   * - Default: `"now"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `startdate`
   */
  startDate?: pulumi.Input<string> | undefined;
  /**
   * Correct lost timer interrupts.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `tdf`
   */
  timeDriftFix?: pulumi.Input<boolean> | undefined;
  /**
   * Storage for the memory of snapshots and suspended VMs.
   *
   * - Default: chosen by Proxmox
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `vmstatestorage`
   */
  vmStateStorage?: pulumi.Input<string> | undefined;
  /**
   * Script of a storage of snippets that runs at changes of the VM's power state, such as
   * `local:snippets/hook.pl`; root@pam with a password only.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `hookscript`
   */
  hookScript?: pulumi.Input<string> | undefined;
  /**
   * Longest pause at the end of a live migration, in seconds.
   *
   * - Default: `0.1`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `migrate_downtime`
   */
  migrateDowntime?: pulumi.Input<number> | undefined;
  /**
   * Limit of a live migration's speed in MB/s; 0 = none.
   *
   * - Default: `0`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `migrate_speed`
   */
  migrateSpeedMBps?: pulumi.Input<number> | undefined;
  /**
   * Network devices, in the order of their numbers.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  networks?: pulumi.Input<pulumi.Input<GoldenTemplateNetworkArgs>[]> | undefined;
  /**
   * Cloud-init by Proxmox's own fields.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  cloudInit?: pulumi.Input<GoldenTemplateCloudInitArgs> | undefined;
  /**
   * Longest time of each operation, such as `{ create: "45m" }`.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<GoldenTemplateTimeoutsArgs> | undefined;
  /**
   * Node that builds and holds the image.
   *
   * - Change: rebuild, a new version beside the old one
   */
  node: pulumi.Input<string>;
  /**
   * Volume id of the disk image to begin with, such as a CloudImage's `volumeId`. It must bring the guest agent.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  imageVolumeId?: pulumi.Input<string> | undefined;
  /**
   * The old name of `imageVolumeId`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   *
   * @deprecated Write `imageVolumeId`.
   */
  image?: pulumi.Input<string> | undefined;
  /**
   * Template to begin with instead: its VMID or name. It is copied in full; a GoldenImage's `vmid` makes layers.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  template?: pulumi.Input<number | string> | undefined;
  /**
   * The boot disk, needed with `imageVolumeId`; the image's or template's own size when `sizeGiB` is left out.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  disk?: pulumi.Input<GoldenTemplateDiskArgs> | undefined;
  /**
   * What is done in the guest, in this order. A change makes a new version.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  provision?: pulumi.Input<pulumi.Input<GoldenTemplateProvisionArgs>[]> | undefined;
  /**
   * Commands that must succeed after provisioning; else there is no new version.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  verify?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Scripts that take out what must not be the same in all clones. A change makes a new version.
   *
   * - Default: `defaultGeneralise`
   * - Change: rebuild, a new version beside the old one
   */
  generalise?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * How many old versions are kept beside those that linked clones need.
   *
   * - Default: `1`
   * - Change: live
   */
  keep?: pulumi.Input<number> | undefined;
  /**
   * Leave the VM of a failed build for inspection; the next `up` removes it and builds anew.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  keepFailed?: pulumi.Input<boolean> | undefined;
  /**
   * Longest wait for the guest agent after a start.
   *
   * - Default: `"10m"`
   * - Change: none, nothing happens to what is there
   */
  agentTimeout?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateCpuArgs {
  /**
   * CPU type such as `host`, `x86-64-v2-AES`, `EPYC`, `custom-mine`.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `cputype`
   */
  type: pulumi.Input<string>;
  /**
   * Flags to add (`+aes`) and to take away (`-pcid`). The order does not matter.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `flags`
   */
  flags?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Hide from the guest that it is virtual, as some drivers want it.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `hidden`
   */
  hidden?: pulumi.Input<boolean> | undefined;
  /**
   * Hyper-V vendor id that a Windows guest sees, 1 to 12 letters and digits.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `hv-vendor-id`
   */
  hvVendorId?: pulumi.Input<string> | undefined;
  /**
   * Bits of physical addresses that the guest sees: 8 to 64, or `host`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `phys-bits`
   */
  physBits?: pulumi.Input<number | "host"> | undefined;
  /**
   * Bits of physical addresses that the guest uses, 32 to 64.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `guest-phys-bits`
   */
  guestPhysBits?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateNumaNodeArgs {
  /**
   * CPUs of the guest in this node, such as `0-1` or `0;2`.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `cpus`
   */
  cpus: pulumi.Input<string>;
  /**
   * Memory in this node, in MiB; that of all nodes together is `memoryMiB`.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `memory`
   */
  memoryMiB: pulumi.Input<number>;
  /**
   * NUMA nodes of the host to take the memory from; needs `policy`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `hostnodes`
   */
  hostNodes?: pulumi.Input<string> | undefined;
  /**
   * How the host's nodes are used.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `policy`
   */
  policy?: pulumi.Input<"preferred" | "bind" | "interleave"> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateEfiDiskArgs {
  /**
   * Storage that holds the EFI variables. A change moves them.
   *
   * - Change: rebuild, a new version beside the old one
   */
  storage: pulumi.Input<string>;
  /**
   * Layout: `4m` (also for Secure Boot) or the older `2m`. Fixed when made.
   *
   * - Default: `"4m"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `efitype`
   */
  type?: pulumi.Input<"4m" | "2m"> | undefined;
  /**
   * Make it with the keys for Secure Boot. Fixed when made.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `pre-enrolled-keys`
   */
  preEnrolledKeys?: pulumi.Input<boolean> | undefined;
  /**
   * Which Microsoft certificates it is marked to hold; only read when the disk is made.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `ms-cert`
   */
  msCert?: pulumi.Input<"2011" | "2023" | "2023w" | "2023k"> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateTpmArgs {
  /**
   * Storage that holds the TPM's state. A change moves it; the VM must be stopped for that.
   *
   * - Change: rebuild, a new version beside the old one
   */
  storage: pulumi.Input<string>;
  /**
   * TPM version: `v2.0` or `v1.2`. Fixed when made.
   *
   * - Default: `"v2.0"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `version`
   */
  version?: pulumi.Input<"v2.0" | "v1.2"> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateMachineArgs {
  /**
   * Machine type: `q35`, `pc`, or a version such as `pc-q35-9.2`.
   *
   * - Default: `"pc"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `type`
   */
  type?: pulumi.Input<string> | undefined;
  /**
   * IOMMU for the guest: `virtio`, or `intel` (q35 only).
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `viommu`
   */
  viommu?: pulumi.Input<"intel" | "virtio"> | undefined;
  /**
   * Address bits of the guest's IOMMU, 32 to 64.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `aw-bits`
   */
  iommuAddressBits?: pulumi.Input<number> | undefined;
  /**
   * Let the guest suspend to memory.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `enable-s3`
   */
  enableS3?: pulumi.Input<boolean> | undefined;
  /**
   * Let the guest suspend to disk.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `enable-s4`
   */
  enableS4?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateSmbiosArgs {
  /**
   * Manufacturer.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `manufacturer`
   */
  manufacturer?: pulumi.Input<string> | undefined;
  /**
   * Product name.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `product`
   */
  product?: pulumi.Input<string> | undefined;
  /**
   * Version.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `version`
   */
  version?: pulumi.Input<string> | undefined;
  /**
   * Serial number.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `serial`
   */
  serial?: pulumi.Input<string> | undefined;
  /**
   * SKU number.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `sku`
   */
  sku?: pulumi.Input<string> | undefined;
  /**
   * Family.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `family`
   */
  family?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateAmdSevArgs {
  /**
   * Kind of encryption: `std`, `es` or `snp`.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `type`
   */
  type: pulumi.Input<"std" | "es" | "snp">;
  /**
   * Forbid debugging of the guest.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `no-debug`
   */
  noDebug?: pulumi.Input<boolean> | undefined;
  /**
   * Forbid sharing of keys with other guests.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `no-key-sharing`
   */
  noKeySharing?: pulumi.Input<boolean> | undefined;
  /**
   * Allow simultaneous multithreading.
   *
   * - Default: `true`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `allow-smt`
   */
  allowSmt?: pulumi.Input<boolean> | undefined;
  /**
   * Add hashes of kernel, initrd and command line to the measured memory.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `kernel-hashes`
   */
  kernelHashes?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateIntelTdxArgs {
  /**
   * Attestation by quotes.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `attestation`
   */
  attestation: pulumi.Input<boolean>;
  /**
   * Context id of the quote service.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `vsock-cid`
   */
  vsockCid?: pulumi.Input<number> | undefined;
  /**
   * Port of the quote service.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `vsock-port`
   */
  vsockPort?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateVgaArgs {
  /**
   * Kind of display: `std`, `virtio`, `qxl`, `serial0`, `none`, ...
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `type`
   */
  type: pulumi.Input<"std" | "virtio" | "virtio-gl" | "qxl" | "qxl2" | "qxl3" | "qxl4" | "vmware" | "cirrus" | "none" | "serial0" | "serial1" | "serial2" | "serial3">;
  /**
   * Video memory in MiB, 4 to 512.
   *
   * - Default: by the type
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `memory`
   */
  memoryMiB?: pulumi.Input<number> | undefined;
  /**
   * `vnc`: a clipboard shared through the console.
   *
   * - Default: SPICE's, with a SPICE display
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `clipboard`
   */
  clipboard?: pulumi.Input<"vnc"> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateAudioArgs {
  /**
   * Sound device.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `device`
   */
  device: pulumi.Input<"ich9-intel-hda" | "intel-hda" | "AC97">;
  /**
   * Where the sound goes: `spice` or `none`.
   *
   * - Default: `"spice"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `driver`
   */
  driver?: pulumi.Input<"spice" | "none"> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateSpiceArgs {
  /**
   * Share folders through SPICE.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `foldersharing`
   */
  folderSharing?: pulumi.Input<boolean> | undefined;
  /**
   * Compress what looks like video: `off`, `all` or `filter`.
   *
   * - Default: `"off"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `videostreaming`
   */
  videoStreaming?: pulumi.Input<"off" | "all" | "filter"> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplatePciArgs {
  /**
   * Name of a PCI mapping of the datacenter.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `mapping`
   */
  mapping?: pulumi.Input<string> | undefined;
  /**
   * Address on the host such as `0000:01:00.0`, several with `;`; root@pam with a password only.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `host`
   */
  host?: pulumi.Input<string> | undefined;
  /**
   * Present it as PCI Express; needs `machine: "q35"`.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `pcie`
   */
  pcie?: pulumi.Input<boolean> | undefined;
  /**
   * The guest's primary display.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `x-vga`
   */
  primaryGpu?: pulumi.Input<boolean> | undefined;
  /**
   * Show the device's ROM to the guest.
   *
   * - Default: `true`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `rombar`
   */
  romBar?: pulumi.Input<boolean> | undefined;
  /**
   * ROM file in /usr/share/kvm of the node.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `romfile`
   */
  romFile?: pulumi.Input<string> | undefined;
  /**
   * Type of the mediated device to make, such as `nvidia-63`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `mdev`
   */
  mdev?: pulumi.Input<string> | undefined;
  /**
   * Intel's integrated graphics in legacy mode.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `legacy-igd`
   */
  legacyIgd?: pulumi.Input<boolean> | undefined;
  /**
   * Driver on the host: `vfio`, or `keep` the one that it has.
   *
   * - Default: `"vfio"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `driver`
   */
  driver?: pulumi.Input<"vfio" | "keep"> | undefined;
  /**
   * Vendor id that the guest sees.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `vendor-id`
   */
  vendorId?: pulumi.Input<string> | undefined;
  /**
   * Device id that the guest sees.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `device-id`
   */
  deviceId?: pulumi.Input<string> | undefined;
  /**
   * Subsystem vendor id that the guest sees.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `sub-vendor-id`
   */
  subVendorId?: pulumi.Input<string> | undefined;
  /**
   * Subsystem device id that the guest sees.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `sub-device-id`
   */
  subDeviceId?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateUsbArgs {
  /**
   * Name of a USB mapping of the datacenter.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `mapping`
   */
  mapping?: pulumi.Input<string> | undefined;
  /**
   * `spice`, or a device of the host: vendor and product (`1234:5678`) or bus and port (`1-2.4`), for which
   * root@pam with a password is needed.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `host`
   */
  host?: pulumi.Input<string> | undefined;
  /**
   * A USB 3 device; without meaning for Linux and Windows 8 or newer.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `usb3`
   */
  usb3?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateVirtiofsArgs {
  /**
   * Name of a directory mapping of the datacenter; the guest mounts it by this name.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `dirid`
   */
  mapping: pulumi.Input<string>;
  /**
   * Caching.
   *
   * - Default: `"auto"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `cache`
   */
  cache?: pulumi.Input<"auto" | "always" | "metadata" | "never"> | undefined;
  /**
   * Honour direct I/O of the guest.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `direct-io`
   */
  directIo?: pulumi.Input<boolean> | undefined;
  /**
   * Extended attributes.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `expose-xattr`
   */
  exposeXattr?: pulumi.Input<boolean> | undefined;
  /**
   * POSIX ACLs; not for Windows.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `expose-acl`
   */
  exposeAcl?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateRngArgs {
  /**
   * Source on the host: `/dev/urandom`, `/dev/random` or `/dev/hwrng` (needs `Mapping.Use` on it).
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `source`
   */
  source: pulumi.Input<"/dev/urandom" | "/dev/random" | "/dev/hwrng">;
  /**
   * Bytes that the guest gets per period; 0 = no limit.
   *
   * - Default: `1024`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `max_bytes`
   */
  maxBytes?: pulumi.Input<number> | undefined;
  /**
   * Length of a period in milliseconds.
   *
   * - Default: `1000`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `period`
   */
  periodMs?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateWatchdogArgs {
  /**
   * Device that the guest sees.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `model`
   */
  model: pulumi.Input<"i6300esb" | "ib700">;
  /**
   * What happens when the guest stops answering it.
   *
   * - Default: nothing
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `action`
   */
  action?: pulumi.Input<"reset" | "shutdown" | "poweroff" | "pause" | "debug" | "none"> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateSharedMemoryArgs {
  /**
   * Size in MiB.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `size`
   */
  sizeMiB: pulumi.Input<number>;
  /**
   * Name of the file on the host.
   *
   * - Default: the VMID
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `name`
   */
  name?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateCdromArgs {
  /**
   * Where it is attached: `ide0`-`ide3`, `sata0`-`sata5` or `scsi0`-`scsi30`. A change makes another drive;
   * reboot.
   *
   * - Change: rebuild, a new version beside the old one
   */
  slot: pulumi.Input<string>;
  /**
   * Volume id of an ISO image such as `local:iso/debian.iso`, or `none` for an empty drive.
   *
   * - Change: rebuild, a new version beside the old one
   */
  iso: pulumi.Input<string>;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateAgentArgs {
  /**
   * Whether the guest runs an agent.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `enabled`
   */
  enabled: pulumi.Input<boolean>;
  /**
   * How it is reached: `virtio` or `isa`.
   *
   * - Default: `"virtio"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `type`
   */
  type?: pulumi.Input<"virtio" | "isa"> | undefined;
  /**
   * Trim file systems after a disk was moved or the VM migrated.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `fstrim_cloned_disks`
   */
  fstrimClonedDisks?: pulumi.Input<boolean> | undefined;
  /**
   * Freeze file systems for backups, snapshots and clones.
   *
   * - Default: `true`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `freeze-fs`
   */
  freezeFs?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateStartupArgs {
  /**
   * Place in the order of starting; shutdown goes the other way round.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `order`
   */
  order?: pulumi.Input<number> | undefined;
  /**
   * Seconds to wait before the next guest is started.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `up`
   */
  upDelay?: pulumi.Input<number> | undefined;
  /**
   * Seconds that the guest has to shut down.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `down`
   */
  downDelay?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateNetworkArgs {
  /**
   * Bridge or SDN vnet on the node.
   *
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `bridge`
   */
  bridge: pulumi.Input<string>;
  /**
   * Model of the device. A change unplugs and plugs the device.
   *
   * - Default: `"virtio"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `model`
   */
  model?: pulumi.Input<"virtio" | "e1000" | "e1000e" | "rtl8139" | "vmxnet3" | "e1000-82540em" | "e1000-82544gc" | "e1000-82545em" | "i82551" | "i82557b" | "i82559er" | "ne2k_isa" | "ne2k_pci" | "pcnet"> | undefined;
  /**
   * MAC address. A change unplugs and plugs the device.
   *
   * - Default: chosen by Proxmox at creation and kept
   * - Change: rebuild, a new version beside the old one
   */
  mac?: pulumi.Input<string> | undefined;
  /**
   * VLAN tag, 1-4094.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `tag`
   */
  vlan?: pulumi.Input<number> | undefined;
  /**
   * VLANs let through beside the tag, each a number or a range such as `"10-20"`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `trunks`
   */
  trunks?: pulumi.Input<pulumi.Input<number | string>[]> | undefined;
  /**
   * Apply Proxmox's firewall to this device.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `firewall`
   */
  firewall?: pulumi.Input<boolean> | undefined;
  /**
   * Rate limit in MB/s.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `rate`
   */
  rateMBps?: pulumi.Input<number> | undefined;
  /**
   * MTU of a virtio device; 1 = that of the bridge. A change unplugs and plugs the device.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Packet queues of a virtio device. A change unplugs and plugs the device.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `queues`
   */
  queues?: pulumi.Input<number> | undefined;
  /**
   * Cable pulled.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `link_down`
   */
  disconnected?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateCloudInitAddressArgs {
  /**
   * IPv4: `dhcp`, or an address with prefix length.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `ip` in `ipconfigN`
   */
  address?: pulumi.Input<string> | undefined;
  /**
   * IPv4 gateway; needs a static `address`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `gw`
   */
  gateway?: pulumi.Input<string> | undefined;
  /**
   * IPv6: `dhcp`, `auto` (SLAAC), or an address with prefix length.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `ip6`
   */
  address6?: pulumi.Input<string> | undefined;
  /**
   * IPv6 gateway; needs a static `address6`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `gw6`
   */
  gateway6?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateCloudInitArgs {
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
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `ciuser`
   */
  user?: pulumi.Input<string> | undefined;
  /**
   * Password of the user, or a reference to it. Prefer `sshKeys`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `cipassword`
   */
  password?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Public SSH keys of the user, one per entry.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `sshkeys`
   */
  sshKeys?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Addresses, one entry for each of `networks`, in their order.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `ipconfigN`
   */
  addresses?: pulumi.Input<pulumi.Input<GoldenTemplateCloudInitAddressArgs>[]> | undefined;
  /**
   * DNS servers.
   *
   * - Default: the node's
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `nameserver`
   */
  nameservers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * DNS search domain.
   *
   * - Default: the node's
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `searchdomain`
   */
  searchDomain?: pulumi.Input<string> | undefined;
  /**
   * Upgrade packages at the first boot.
   *
   * - Default: Proxmox's own (yes)
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `ciupgrade`
   */
  upgrade?: pulumi.Input<boolean> | undefined;
  /**
   * Own user data, in place of all that Proxmox would write (`user`, `password`, `sshKeys`, `upgrade`). An object
   * becomes `#cloud-config`. Always a secret in the state. A change reaches the guest at its next boot, where
   * cloud-init runs as for a new machine; see `rerun`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  userData?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * Own network configuration, in place of `addresses`, `nameservers` and `searchDomain`. Secret in the state.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  networkConfig?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * Own vendor data: runs beside the user data, which wins. By `snippets` also beside Proxmox's own fields.
   * Secret.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  vendorData?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * Own meta data. Secret.
   *
   * - Default: with `userData`: the VM's name as host name, and an instance id by the content
   * - Change: rebuild, a new version beside the old one
   */
  metaData?: pulumi.Input<string | SecretReference | Record<string, unknown>> | undefined;
  /**
   * How own data reach the guest. `snippets`: as files in a storage's snippets directory, written over SSH, which
   * Proxmox puts on the cloud-init drive. `iso`: as an image that is uploaded and inserted in place of the
   * cloud-init drive.
   *
   * - Default: what the VM has; for a new one `snippets` where SSH is configured, else `iso`
   * - Change: rebuild, a new version beside the old one
   */
  via?: pulumi.Input<"snippets" | "iso"> | undefined;
  /**
   * File-based storage of own data, with content `snippets` or `iso`. An image on a storage that is not shared
   * keeps the VM from being migrated by others than this program.
   *
   * - Default: a shared one of the node, else `local`, else the first one
   * - Change: rebuild, a new version beside the old one
   */
  dataStorage?: pulumi.Input<string> | undefined;
  /**
   * `false`: changed own data do not make the guest a new machine for cloud-init, so that only what runs at every
   * boot takes them up.
   *
   * - Default: true: the instance id follows the content
   * - Change: rebuild, a new version beside the old one
   */
  rerun?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"90m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"90m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"15m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateDiskLimitsArgs {
  /**
   * Reads and writes together, in MB/s.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `mbps`
   */
  totalMBps?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in MB/s.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `mbps_max`
   */
  totalBurstMBps?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `bps_max_length`
   */
  totalBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Reads in MB/s.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `mbps_rd`
   */
  readMBps?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in MB/s.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `mbps_rd_max`
   */
  readBurstMBps?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `bps_rd_max_length`
   */
  readBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Writes in MB/s.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `mbps_wr`
   */
  writeMBps?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in MB/s.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `mbps_wr_max`
   */
  writeBurstMBps?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `bps_wr_max_length`
   */
  writeBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Reads and writes together, in operations per second.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `iops`
   */
  totalIops?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in operations per second.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `iops_max`
   */
  totalBurstIops?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `iops_max_length`
   */
  totalIopsBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Reads per second.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `iops_rd`
   */
  readIops?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in operations per second.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `iops_rd_max`
   */
  readBurstIops?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `iops_rd_max_length`
   */
  readIopsBurstSeconds?: pulumi.Input<number> | undefined;
  /**
   * Writes per second.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `iops_wr`
   */
  writeIops?: pulumi.Input<number> | undefined;
  /**
   * Bursts above that, in operations per second.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `iops_wr_max`
   */
  writeBurstIops?: pulumi.Input<number> | undefined;
  /**
   * Longest burst in seconds.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `iops_wr_max_length`
   */
  writeIopsBurstSeconds?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateDiskArgs {
  /**
   * Where the disk is attached: `scsi0`-`scsi30`, `virtio0`-`virtio15`, `sata0`-`sata5`, `ide0`-`ide3`. The slots
   * tell the disks apart: give every disk one before you remove any. A change moves a VM's disk there with its
   * volume and its place in the boot order; a running VM is shut down for it, and started.
   *
   * - Default: `scsi<position in the list>`
   * - Change: rebuild, a new version beside the old one
   */
  slot?: pulumi.Input<string> | undefined;
  /**
   * Storage that holds the volume. A change moves the disk, on a running VM too.
   *
   * - Change: rebuild, a new version beside the old one
   */
  storage: pulumi.Input<string>;
  /**
   * Size in GiB. Grows in place, live; shrinking is refused.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `size`, `resize`
   */
  sizeGiB?: pulumi.Input<number> | undefined;
  /**
   * Image format on file storages: `raw`, `qcow2`, `vmdk`. Only read when the disk is made or moved.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `format`
   */
  format?: pulumi.Input<"raw" | "qcow2" | "vmdk"> | undefined;
  /**
   * Cache mode.
   *
   * - Default: `"none"`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `cache`
   */
  cache?: pulumi.Input<"none" | "writethrough" | "writeback" | "unsafe" | "directsync"> | undefined;
  /**
   * Pass discards on, so that freed space returns to a thin storage.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `discard=on`
   */
  discard?: pulumi.Input<boolean> | undefined;
  /**
   * A thread of its own for this disk's I/O (scsi with `virtio-scsi-single`, virtio).
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `iothread`
   */
  ioThread?: pulumi.Input<boolean> | undefined;
  /**
   * Present the disk as solid-state.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `ssd`
   */
  ssd?: pulumi.Input<boolean> | undefined;
  /**
   * Include the disk in backups.
   *
   * - Default: `true`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `backup`
   */
  backup?: pulumi.Input<boolean> | undefined;
  /**
   * Include the disk in replication jobs.
   *
   * - Default: `true`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `replicate`
   */
  replicate?: pulumi.Input<boolean> | undefined;
  /**
   * Asynchronous I/O mode.
   *
   * - Default: by the storage
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `aio`
   */
  aio?: pulumi.Input<"native" | "threads" | "io_uring"> | undefined;
  /**
   * The guest cannot write to it (scsi, virtio).
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `ro`
   */
  readOnly?: pulumi.Input<boolean> | undefined;
  /**
   * The volume is the same on all nodes although Proxmox does not know.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `shared`
   */
  shared?: pulumi.Input<boolean> | undefined;
  /**
   * Drop everything written when the VM stops.
   *
   * - Default: `false`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `snapshot`
   */
  snapshot?: pulumi.Input<boolean> | undefined;
  /**
   * Look for writes of zeroes.
   *
   * - Default: by `discard`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `detect_zeroes`
   */
  detectZeroes?: pulumi.Input<boolean> | undefined;
  /**
   * Serial number that the guest sees, at most 20 bytes.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `serial`
   */
  serial?: pulumi.Input<string> | undefined;
  /**
   * World wide name that the guest sees (ide, sata, scsi).
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `wwn`
   */
  wwn?: pulumi.Input<string> | undefined;
  /**
   * Vendor that the guest sees (scsi), at most 8 characters.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `vendor`
   */
  vendor?: pulumi.Input<string> | undefined;
  /**
   * Product that the guest sees (scsi), at most 16 characters.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `product`
   */
  product?: pulumi.Input<string> | undefined;
  /**
   * Model that the guest sees (ide, sata), at most 40 bytes.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `model`
   */
  model?: pulumi.Input<string> | undefined;
  /**
   * Queues of a scsi disk.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `queues`
   */
  queues?: pulumi.Input<number> | undefined;
  /**
   * What happens when a read fails.
   *
   * - Default: `report`
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `rerror`
   */
  onReadError?: pulumi.Input<"ignore" | "report" | "stop"> | undefined;
  /**
   * What happens when a write fails.
   *
   * - Default: `enospc`: stop when the storage is full
   * - Change: rebuild, a new version beside the old one
   * - Proxmox: `werror`
   */
  onWriteError?: pulumi.Input<"enospc" | "ignore" | "report" | "stop"> | undefined;
  /**
   * Limits of throughput.
   *
   * - Default: none
   * - Change: rebuild, a new version beside the old one
   */
  limits?: pulumi.Input<GoldenTemplateDiskLimitsArgs> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateProvisionFileArgs {
  /**
   * Where the file goes in the guest. Missing folders are made.
   *
   * - Change: rebuild, a new version beside the old one
   */
  path: pulumi.Input<string>;
  /**
   * The file's text, or a reference to it; encrypted in the state.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  content?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * A file of this machine instead, relative to the project's folder.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  source?: pulumi.Input<string> | undefined;
  /**
   * Checksum of `source`, by which a change of the file is noticed.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  sha256?: pulumi.Input<string> | undefined;
  /**
   * Permissions.
   *
   * - Default: `"0644"`
   * - Change: rebuild, a new version beside the old one
   */
  mode?: pulumi.Input<string> | undefined;
  /**
   * Owner, and group if wanted: `www-data` or `www-data:adm`.
   *
   * - Default: `"root:root"`
   * - Change: rebuild, a new version beside the old one
   */
  owner?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a GoldenTemplate. */
export interface GoldenTemplateProvisionArgs {
  /**
   * Script for `sh -e` as root: it ends, and the build fails, with the first command that fails.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  run?: pulumi.Input<string> | undefined;
  /**
   * Variables of the script; a value may be a reference to a secret. Encrypted in the state, in no command line.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  environment?: pulumi.Input<Record<string, pulumi.Input<string | SecretReference>>> | undefined;
  /**
   * A file to put into the guest.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  file?: pulumi.Input<GoldenTemplateProvisionFileArgs> | undefined;
  /**
   * Longest time of the step.
   *
   * - Default: `"10m"`
   * - Change: none, nothing happens to what is there
   */
  timeout?: pulumi.Input<string> | undefined;
}
