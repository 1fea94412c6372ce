import { die } from "../errors.js";
import type { NodeState } from "../world/world.js";

interface Service {
  /** systemd's description; absent for what is not installed. */
  description?: string;
  /** Runs on a fresh node. */
  running?: boolean;
  unit?: "enabled" | "disabled" | "masked" | "static" | "not-found";
}

/** Services that the API knows, and how a fresh node without chrony, postfix and containers has them. */
const services: Readonly<Record<string, Service>> = {
  chrony: {},
  corosync: { description: "Corosync Cluster Engine", unit: "enabled" },
  cron: { unit: "masked" },
  ksmtuned: {},
  lxcfs: {},
  postfix: {},
  "proxmox-firewall": {},
  "pve-cluster": { description: "The Proxmox VE cluster filesystem", running: true },
  "pve-firewall": { description: "Proxmox VE firewall", running: true },
  "pve-ha-crm": { description: "PVE Cluster HA Resource Manager Daemon", running: true },
  "pve-ha-lrm": { description: "PVE Local HA Resource Manager Daemon", running: true },
  "pve-lxc-syscalld": {},
  pvedaemon: { description: "PVE API Daemon", running: true },
  "pvefw-logger": {},
  pveproxy: { description: "PVE API Proxy Server", running: true },
  pvescheduler: { description: "Proxmox VE scheduler", running: true },
  pvestatd: { description: "PVE Status Daemon", running: true },
  qmeventd: { description: "PVE Qemu Event Daemon", running: true },
  spiceproxy: { description: "PVE SPICE Proxy Server", running: true },
  sshd: { description: "OpenBSD Secure Shell server", running: true },
  syslog: {},
  "systemd-journald": { description: "Journal Service", running: true, unit: "static" },
  "systemd-timesyncd": { unit: "masked" },
};

const essential = new Set(["pveproxy", "pvedaemon", "pve-cluster"]);

export const serviceNames: readonly string[] = Object.keys(services);

interface ServiceState {
  service: string;
  name: string;
  desc: string;
  state: string;
  "active-state": string;
  "unit-state": string;
}

/** A service of a node; corosync runs where there is a cluster. */
export function serviceState(node: NodeState, name: string, clustered: boolean): ServiceState {
  const { description, running, unit }: Service = { ...services[name], ...node.units?.[name] };
  const fresh = running || (name === "corosync" && clustered) ? "running" : "dead";
  const state = node.services[name] ?? fresh;
  return {
    service: name,
    name,
    desc: description ?? `${name}.service`,
    state,
    "active-state": state === "running" ? "active" : "inactive",
    "unit-state": unit ?? (description === undefined ? "not-found" : "enabled"),
  };
}

export type ServiceCommand = "start" | "stop" | "restart" | "reload";

/** What systemctl does; what the API itself needs cannot be stopped. */
export function commandService(node: NodeState, name: string, command: ServiceCommand, clustered: boolean): void {
  if (command === "stop" && essential.has(name)) {
    throw die(`invalid service cmd '${name} stop': refusing to stop essential service!`);
  }
  const { state, "unit-state": unit } = serviceState(node, name, clustered);
  if (unit === "not-found" || unit === "masked") {
    throw die(`command 'systemctl ${command} ${name}' failed: exit code ${unit === "masked" ? 1 : 5}`);
  }
  if (command === "reload" && state !== "running") {
    throw die(`command 'systemctl reload ${name}' failed: exit code 1`);
  }
  // Without its configuration corosync is not started, and nobody complains (scenario 41, line 210).
  if (name === "corosync" && !clustered) return;
  node.services[name] = command === "stop" ? "dead" : "running";
}
