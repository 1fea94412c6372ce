import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { RealmArgs } from "./arguments.generated";

/**
 * A realm: where users come from and who checks their passwords. `pam` and `pve` are always there: they are taken over
 * with `adopt: true`, and stay as they are when the resource goes. Users and groups of a directory are synced only when
 * `sync.trigger` gets another value. Deleting a realm leaves its users, who cannot sign in any more.
 *
 * ```ts
 * new Realm("example", {
 *   type: "ldap", server: "ldap.example.com", mode: "ldaps", verifyCertificate: true, baseDn: "dc=example,dc=com",
 *   userAttribute: "uid", bindDn: "cn=proxmox,dc=example,dc=com", password: secret("LDAP_PASSWORD"),
 *   sync: { trigger: "2027-01", scope: "both" },
 * });
 * new Realm("pve", { type: "pve", default: true, adopt: true });
 * ```
 *
 * Needs `Realm.Allocate` on `/access/realm`; a sync `Realm.AllocateUser` on `/access/realm/<realm>` and `User.Modify`
 * on `/access/groups` besides.
 */
export class Realm extends ProxmoxResource {
  /** Name of the realm, after the @ of its users. */
  declare readonly realmId: pulumi.Output<string>;

  /** An existing realm by its name, only read and never changed. */
  static get(name: string, realmId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Realm {
    return new Realm(name, {} as RealmArgs, { ...opts, id: pulumi.output(realmId) });
  }

  constructor(name: string, args: RealmArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "Realm", outputs: ["realmId"], sensitive: ["password", "clientKey"] }, name, args, opts);
  }
}
