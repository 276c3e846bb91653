import { create } from 'zustand';

export type ShellPanel = 'settings' | 'shortcuts' | 'help' | null;

interface ShellStore {
  readonly panel: ShellPanel;
  readonly jobsOpen: boolean;
  openPanel(panel: ShellPanel): void;
  toggleJobs(): void;
}

/** What of the shell is open. The job tray stays open across screens. */
export const useShell = create<ShellStore>((set) => ({
  panel: null,
  jobsOpen: false,
  openPanel: (panel) => set({ panel }),
  toggleJobs: () => set(({ jobsOpen }) => ({ jobsOpen: !jobsOpen })),
}));
