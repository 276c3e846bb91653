import type { ReactNode } from 'react';
import { MarkdownText } from '#renderer/ui/MarkdownText.tsx';
import { pageOfLink, type HelpPage, type HelpPageId } from './help-pages.ts';

interface HelpArticleProps {
  readonly page: HelpPage;
  readonly link: (to: HelpPageId, children: ReactNode) => ReactNode;
}

/** One page of the help. A link that leads to no page of the help is shown as its text. */
export function HelpArticle({ page, link }: HelpArticleProps) {
  return (
    <MarkdownText
      text={page.body}
      link={(href, children) => {
        const target = pageOfLink(href);
        return target === undefined ? children : link(target, children);
      }}
    />
  );
}
