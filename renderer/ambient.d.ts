declare module '*.css';

/** What Vite puts in place of `import.meta.env`. */
interface ImportMeta {
  readonly env: { readonly DEV: boolean };
  /** Texts of files that are taken into the build. */
  glob(
    pattern: string,
    options: { readonly query: '?raw'; readonly import: 'default'; readonly eager: true },
  ): Readonly<Record<string, string>>;
}
