// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";

/** Arguments of a Snippet. */
export interface SnippetArgs {
  /**
   * Content of the file, or a reference to it; always a secret in the state. Live: the file is replaced as a
   * whole.
   *
   * - Change: live
   */
  content: pulumi.Input<string | SecretReference>;
  /**
   * Node whose storage holds the file, or, of a shared storage, the node that writes it.
   *
   * - Change: replace, it is made anew
   */
  node: pulumi.Input<string>;
  /**
   * File-based storage that allows content `snippets`.
   *
   * - Default: `"local"`
   * - Change: replace, it is made anew
   */
  storage?: pulumi.Input<string> | undefined;
  /**
   * Name of the file.
   *
   * - Default: the resource's name and 12 digits of the content's hash, `<name>-<hash>.yaml`: then a new content is a new file, made before the old one goes, and whoever still refers to the old one keeps it until then
   * - Change: replace, it is made anew
   */
  fileName?: pulumi.Input<string> | undefined;
  /**
   * Permissions, such as "0644".
   *
   * - Default: "0600": what is in it may be secret, and Proxmox reads it as root
   * - Change: live
   */
  mode?: pulumi.Input<string> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<SnippetTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Snippet. */
export interface SnippetTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"5m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"5m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"5m"`
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
