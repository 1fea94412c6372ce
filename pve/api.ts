import path from "node:path";
import type { ApiRequestable, Proxmox } from "proxmox-api";
import type { Overlay } from "./overlay";
import type { Additions, Declared } from "./overlay.generated";
import type { Transport } from "./transport";

type IsAny<T> = 0 extends 1 & T ? true : false;

/** Replies declared as `any` become `unknown`: callers read them with wire.ts. */
type Known<T> = IsAny<T> extends true ? unknown : T;

/** Proxmox 8's declarations as they are, without `any`. */
type Typed<A> = {
  [K in keyof A]: K extends "$"
    ? A[K] extends (id: infer I) => infer R
      ? (id: I) => Typed<R>
      : never
    : A[K] extends (...args: infer P) => Promise<infer R>
      ? (...args: P) => Promise<Known<R>>
      : Typed<A[K]>;
};

/** The parameters of both; they stay optional when they are so in both. */
type Both<PA extends readonly unknown[], PB extends readonly unknown[]> = PA extends []
  ? PB
  : [] extends PA
    ? [] extends PB
      ? [param?: NonNullable<PA[0]> & NonNullable<PB[0]>]
      : [param: NonNullable<PA[0]> & PB[0]]
    : [param: PA[0] & NonNullable<PB[0]>];

/** A call of B; where B only adds parameters, it keeps A's parameters and reply. */
type Call<A, B> = B extends (...args: infer PB) => Promise<Declared>
  ? A extends (...args: infer PA) => Promise<infer R>
    ? (...args: Both<PA, PB>) => Promise<R>
    : never
  : B;

/** `B` over `A`: calls of B win, paths are merged at every depth. */
type Merge<A, B> = Omit<A, keyof B> & {
  [K in keyof B]: K extends keyof A
    ? K extends "$"
      ? A[K] extends (id: infer I) => infer RA
        ? B[K] extends (...id: never) => infer RB
          ? (id: I) => Merge<RA, RB>
          : never
        : B[K]
      : B[K] extends (...args: never) => unknown
        ? Call<A[K], B[K]>
        : Merge<A[K], B[K]>
    : B[K];
};

/** The Proxmox VE API as typed paths: `api.nodes.$("pve1").qemu.$(100).config.$get()`. */
export type Api = Merge<Merge<Typed<Proxmox.Api>, Additions>, Overlay>;

/**
 * Of proxmox-api its paths alone, which load nothing more. Its index also loads the HTTP of its own, and undici for that: a
 * fifth of what a plugin loads of ours, and never used. Its version is pinned.
 */
interface Paths {
  buildApiProxy(engine: ApiRequestable, prefix: string): Proxmox.Api;
}
const paths = require(path.join(path.dirname(require.resolve("proxmox-api")), "proxy.js")) as Paths;

export const apiOf = (transport: Transport): Api => paths.buildApiProxy(transport, "/api2/json") as unknown as Api;
