import Markdown from 'markdown-to-jsx/react';
import type { ReactNode } from 'react';

interface MarkdownTextProps {
  readonly text: string;
  /** What a link becomes. A text cannot send anybody anywhere by itself. */
  readonly link: (href: string, children: ReactNode) => ReactNode;
}

/** Markdown in our own typography: no raw HTML, no pictures, and links only as the caller makes them. */
export function MarkdownText({ text, link }: MarkdownTextProps) {
  return (
    <Markdown
      className="prose"
      options={{
        disableParsingRawHTML: true,
        forceBlock: true,
        wrapper: 'div',
        overrides: {
          a: ({ href = '', children }: { readonly href?: string; readonly children?: ReactNode }) =>
            link(href, children),
          img: () => null,
          table: Table,
        },
      }}
    >
      {text}
    </Markdown>
  );
}

function Table({ children }: { readonly children?: ReactNode }) {
  return (
    <div className="table-scroll">
      <table className="data-table">{children}</table>
    </div>
  );
}
