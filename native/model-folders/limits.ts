/** Limits on a foreign model folder. A folder of MLflow has some ten files. */
export const MODEL_FOLDER_LIMITS = {
  /** A layer each, and a manifest holds no more. */
  files: 4096,
  depth: 8,
  namesPerFolder: 4096,
  /** Folders of one medium that are looked into, and that are offered. */
  folders: 32,
  perMedium: 8,
} as const;
