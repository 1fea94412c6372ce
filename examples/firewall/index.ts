import { CloudImage, ClusterFirewall, FirewallOptions, FirewallRules, Vm } from "pulumi-proxmox-cluster";

// Who may reach the nodes, and names for what rules have in common. The switch of all comes when everything else is there, and
// is refused in the preview where it would shut this program out, or one node from another.
const firewall = new ClusterFirewall("lab", {
  nodes: { pve1: {} },
  firewall: {
    aliases: { office: { cidr: "192.168.3.0/24" } },
    // Those in the set `management` reach the nodes by SSH and their web page.
    ipSets: { management: { entries: [{ cidr: "office" }] } },
    groups: { web: { rules: [{ direction: "in", action: "ACCEPT", macro: "Web" }] } },
    rules: [{ direction: "in", action: "ACCEPT", macro: "Ping", source: "office" }],
    options: { enable: true, policyIn: "DROP" },
  },
});

const image = new CloudImage("debian", { image: "debian-12", node: "pve1", storage: "local" });
const vm = new Vm("web-1", {
  node: "pve1",
  source: { imageVolumeId: image.volumeId },
  disks: [{ storage: "local-lvm", sizeGiB: 16 }],
  // Without this flag nothing of the card is filtered.
  networks: [{ bridge: "vmbr0", firewall: true }],
  cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
});

// The guest's own: everybody sees its pages, the office signs in, and nothing else comes in.
const rules = new FirewallRules("web-1", {
  place: { guest: vm.vmid },
  rules: [
    { group: firewall.groups["web"]?.group },
    { direction: "in", action: "ACCEPT", macro: "SSH", source: firewall.aliases["office"]?.alias },
  ],
});
new FirewallOptions(
  "web-1",
  { place: { guest: vm.vmid }, enable: true, policyIn: "DROP", dhcp: true },
  { dependsOn: rules },
);

export const vmid = vm.vmid;
