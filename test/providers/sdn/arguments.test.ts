import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { MappedFields } from "../../../providers/kernel/fields/mapping";
import { controllerFields } from "../../../providers/sdn/sdn-controller.model";
import { dnsFields } from "../../../providers/sdn/sdn-dns.model";
import { ipamFields } from "../../../providers/sdn/sdn-ipam.model";
import { subnetFields } from "../../../providers/sdn/sdn-subnet.model";
import { vnetFields } from "../../../providers/sdn/sdn-vnet.model";
import { zoneFields } from "../../../providers/sdn/sdn-zone.model";

const contract = JSON.parse(readFileSync(path.resolve("contract/cluster-sdn.json"), "utf8")) as Record<
  string,
  { readonly params: Readonly<Record<string, unknown>> }
>;

/** What is no field of its own: what the object is called and of, and what says how a request is meant. */
const aside: Readonly<Record<string, readonly string[]>> = {
  // dp-id is of OpenFlow zones, which Proxmox's own interface does not offer
  zones: ["zone", "type", "lock-token", "dp-id"],
  vnets: ["vnet", "type", "lock-token"],
  "vnets/{vnet}/subnets": ["subnet", "vnet", "type", "lock-token"],
  controllers: ["controller", "type", "lock-token"],
  ipams: ["ipam", "type", "lock-token"],
  // reversev6mask is told by the schema, and PowerdnsPlugin.pm takes reversemaskv6 alone
  dns: ["dns", "type", "lock-token", "reversev6mask"],
};

const fields: Readonly<Record<string, readonly MappedFields[]>> = {
  zones: Object.values(zoneFields),
  vnets: [vnetFields],
  "vnets/{vnet}/subnets": [subnetFields],
  controllers: Object.values(controllerFields),
  ipams: Object.values(ipamFields),
  dns: [dnsFields],
};

describe("arguments of SDN's resources", () => {
  for (const [collection, types] of Object.entries(fields))
    it(`are all that Proxmox takes: ${collection}`, () => {
      const { params } = contract[`POST /cluster/sdn/${collection}`] ?? assert.fail();
      const keys = new Set(types.flatMap((type) => Object.values(type).map(({ key }) => key)));
      const own = aside[collection] ?? [];
      assert.deepEqual(
        [...keys].sort(),
        Object.keys(params)
          .filter((name) => !own.includes(name))
          .sort(),
      );
    });
});
