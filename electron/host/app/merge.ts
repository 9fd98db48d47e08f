/** Some fields of T, as they come out of a schema: what is left out may also be there as undefined. */
export type Patch<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** An object with the fields a patch names replaced. */
export function merge<T extends object>(base: T, patch: Patch<T>): T {
  const named = Object.entries(patch).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(named) };
}
