/** The library's public surface. */
export {};
