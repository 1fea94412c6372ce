import * as pulumi from "../kernel/program/sdk";
import type { SecretReference } from "../../secrets/reference";
import { ProxmoxResource } from "../kernel/program/resource";
import type { UserArgs } from "./arguments.generated";

export type { UserArgs };

/**
 * A user of a realm. The password of a user of the realm `pve` is given by reference, `secret("NAME")`; a user of `pam`
 * has that of its Linux account, without which it cannot sign in. root@pam, and the user whom the stack works as, are
 * never deleted and never locked out. A user who still has API tokens is not deleted: the error lists them. With a user
 * go its entries in the access control list and its second factors, as Proxmox does it.
 *
 * ```ts
 * const bob = new User("bob@pve", { password: secret("BOB_PASSWORD"), groups: ["team"], email: "bob@example.com" });
 * ```
 *
 * With `generatedPassword` the provider makes the password and writes it to Infisical, before the user has it:
 *
 * ```ts
 * const eve = new User("eve@pve", { generatedPassword: { rotationTrigger: "2027-01", writeTo: { secretName: "EVE" } } });
 * export const password = eve.reference; // for every argument that may hold a secret
 * ```
 *
 * Needs `User.Modify` on `/access/groups` and `Realm.AllocateUser` on `/access/realm/<realm>`. The password of a user
 * who is there already is set by root@pam with its password alone, which Proxmox asks for.
 */
export class User extends ProxmoxResource {
  /** Name and realm; what `user` of an `Acl` and of an `ApiToken` takes. */
  declare readonly userId: pulumi.Output<string>;

  /** With `generatedPassword`: the secret that holds it; undefined without. */
  declare readonly reference: pulumi.Output<SecretReference | undefined>;
  /** With `generatedPassword`: version of that secret. */
  declare readonly storedVersion: pulumi.Output<number | undefined>;

  /** An existing user by its id, such as `bob@pve`, only read and never changed. */
  static get(name: string, userId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): User {
    return new User(name, {}, { ...opts, id: pulumi.output(userId) });
  }

  constructor(name: string, args: UserArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "User",
        outputs: ["userId", "reference", "storedVersion"],
        sensitive: ["password"],
        secretOutputs: ["__storedHash", "__storedKey"],
        marked: args.generatedPassword !== undefined,
      },
      name,
      args,
      opts,
    );
  }
}
