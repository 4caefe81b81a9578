// A text in its form. What it says is put on the page as text and nothing else; addresses are links that tell nobody where
// one comes from, and say where they lead.
import { useMemo } from 'react';
import { blocksOf, isOnlySigns } from '../../state/format';
import type { Block, Inline } from '../../state/format';
import css from './Formatted.module.css';

export function Formatted({ text }: { readonly text: string }) {
  const blocks = useMemo(() => blocksOf(text), [text]);
  if (isOnlySigns(text)) return <span className={css['signs']}>{text}</span>;
  return blocks.map((block, i) => <BlockView key={i} block={block} />);
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'lines':
      return (
        <span dir="auto" className={css['lines']}>
          <Inlines parts={block.parts} />
        </span>
      );
    case 'quote':
      return (
        <blockquote dir="auto" className={css['quote']}>
          <Inlines parts={block.parts} />
        </blockquote>
      );
    case 'bullets':
      return (
        <ul dir="auto" className={css['bullets']}>
          <Items items={block.items} />
        </ul>
      );
    case 'numbers':
      return (
        <ol dir="auto" className={css['numbers']} start={block.from}>
          <Items items={block.items} />
        </ol>
      );
    case 'code':
      return (
        <pre dir="ltr" className={css['block']}>
          <code>{block.text}</code>
        </pre>
      );
  }
}

function Items({ items }: { readonly items: readonly (readonly Inline[])[] }) {
  return items.map((parts, i) => (
    <li key={i}>
      <Inlines parts={parts} />
    </li>
  ));
}

function Inlines({ parts }: { readonly parts: readonly Inline[] }) {
  return parts.map((part, i) => {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'bold':
        return (
          <strong key={i}>
            <Inlines parts={part.parts} />
          </strong>
        );
      case 'italic':
        return (
          <em key={i}>
            <Inlines parts={part.parts} />
          </em>
        );
      case 'struck':
        return (
          <s key={i}>
            <Inlines parts={part.parts} />
          </s>
        );
      case 'code':
        return (
          <code key={i} className={css['code']}>
            {part.text}
          </code>
        );
      case 'link':
        return (
          <a key={i} href={part.href} title={part.href} target="_blank" rel="noopener noreferrer nofollow" referrerPolicy="no-referrer">
            <bdi>{part.text}</bdi>
          </a>
        );
    }
  });
}
