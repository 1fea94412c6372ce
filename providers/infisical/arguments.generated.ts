// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";

/** Arguments of a InfisicalSecret. */
export interface InfisicalSecretArgs {
  /**
   * Its name, and that of `secret(…)`. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   */
  secretName?: pulumi.Input<string> | undefined;
  /**
   * Its value, or a reference to it; or write `generate`.
   *
   * - Default: not set
   * - Change: live
   */
  value?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * The provider makes the value, and writes it to the store alone: no state, no output and no preview has it.
   *
   * - Default: not set
   * - Change: live
   */
  generate?: pulumi.Input<InfisicalSecretGenerateArgs> | undefined;
  /**
   * Shown beside the name, before the mark of this resource.
   *
   * - Default: not set
   * - Change: live
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Folder in Infisical: `/pve`. A change replaces.
   *
   * - Default: `proxmox:infisicalPath`
   * - Change: replace, it is made anew
   */
  path?: pulumi.Input<string> | undefined;
  /**
   * Environment in Infisical, by its slug. A change replaces.
   *
   * - Default: `proxmox:infisicalEnvironment`
   * - Change: replace, it is made anew
   */
  environment?: pulumi.Input<string> | undefined;
  /**
   * Project in Infisical, by its id. A change replaces.
   *
   * - Default: `proxmox:infisicalProjectId`
   * - Change: replace, it is made anew
   */
  projectId?: pulumi.Input<string> | undefined;
  /**
   * Make the folder when it is missing, with those above it. They stay on `destroy`.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  createFolders?: pulumi.Input<boolean> | undefined;
  /**
   * Take over a secret of this name that is there already: its value becomes the one that is written here.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<InfisicalSecretTimeoutsArgs> | undefined;
}

/** Part of the arguments of a InfisicalSecret. */
export interface InfisicalSecretGenerateArgs {
  /**
   * How many characters.
   *
   * - Default: `32`
   * - Change: live
   */
  length?: pulumi.Input<number> | undefined;
  /**
   * Symbols too, beside letters and digits.
   *
   * - Default: `false`
   * - Change: live
   */
  symbols?: pulumi.Input<boolean> | undefined;
  /**
   * Any text; with each new one a new value is made.
   *
   * - Default: not set
   * - Change: live
   */
  trigger?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a InfisicalSecret. */
export interface InfisicalSecretTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
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
