import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Seq } from '../../client/ids';
import { Avatar, IconButton } from '../../ui/controls';
import { t } from '../../ui/text';
import { BotMark } from './Bubble';
import { ForwardDialog } from './Forward';
import { InfoView } from './Info';
import { erasable, wordsOf } from './lines';
import type { Bubble } from './lines';
import { LinesView } from './Lines';
import { answerable } from './model';
import type { ConversationActions, ConversationSnapshot, Target } from './model';
import { HideDialog, PickBar } from './Pick';
import { RequestBar } from './Request';
import css from './View.module.css';
import { Viewer } from '../../media/Viewer';
import { seenIn } from './lines';

interface Props {
  readonly snapshot: ConversationSnapshot;
  readonly actions: ConversationActions;
  readonly composer: ReactNode;
  readonly target?: Seq | undefined; // a message to go to
  readonly onArrived?: () => void;
  readonly progress?: ReadonlyMap<string, number>; // of uploads, by client id
}

export function ConversationView({ snapshot, actions, composer, progress, target, onArrived }: Props) {
  const [viewed, setViewed] = useState<string>();
  const [info, setInfo] = useState<Seq>();
  const [picked, setPicked] = useState<ReadonlySet<string>>(); // undefined: nothing is chosen now
  const [hiding, setHiding] = useState<readonly string[]>();
  const [forwarding, setForwarding] = useState<readonly string[]>();
  const bubbles = (keys: Iterable<string>): readonly Bubble[] => {
    const those = new Set(keys);
    return snapshot.lines.filter((line): line is Bubble => line.kind === 'bubble' && line.seq !== undefined && those.has(line.key));
  };
  const pick = (key: string) => setPicked((before = new Set()) => new Set(before.has(key) ? [...before].filter((other) => other !== key) : [...before, key]));
  const hide = () => {
    actions.hide(bubbles(hiding ?? []).flatMap((line) => line.seq ?? []));
    setHiding(undefined);
    setPicked(undefined);
  };
  const erasing = bubbles(hiding ?? []);
  const erase = () => {
    for (const { seq } of erasing) if (seq !== undefined) actions.erase(seq);
    setHiding(undefined);
    setPicked(undefined);
  };
  const forward = async (to: readonly Target[]) => {
    await actions.forward(bubbles(forwarding ?? []).flatMap(({ body }) => (body.kind === 'unreadable' || body.kind === 'erased' ? [] : body)), to);
    setForwarding(undefined);
    setPicked(undefined);
  };
  return (
    <section className={css['pane']} aria-label={snapshot.title}>
      <header className={css['head']}>
        <span className={css['back']}>
          <IconButton icon="back" label={t('back')} onPress={actions.back} />
        </span>
        <Avatar name={snapshot.title} hue={snapshot.hue} size="small" group={snapshot.group} />
        <div className={css['names']}>
          <h2 dir="auto">
            {snapshot.title}
            {snapshot.bot && <BotMark name={snapshot.title} />}
          </h2>
          <p role="status" className={snapshot.typing === '' ? undefined : css['typing']}>
            <bdi>{snapshot.typing || snapshot.subtitle}</bdi>
          </p>
        </div>
        {snapshot.group && <IconButton icon="info" label={t('group_info')} onPress={actions.openInfo} />}
        {snapshot.person && <IconButton icon="info" label={t('person_info', { name: snapshot.title })} onPress={actions.openInfo} />}
      </header>
      <LinesView
        snapshot={snapshot}
        actions={actions}
        progress={progress}
        target={target}
        picking={picked && { has: (key) => picked.has(key), toggle: pick }}
        onArrived={onArrived}
        on={{ view: (line) => setViewed(line.key), info: (line) => setInfo(line.seq), pick: (line) => pick(line.key), forward: (line) => setForwarding([line.key]), hide: (line) => setHiding([line.key]), edit: (line) => line.seq !== undefined && actions.edit({ seq: line.seq, text: wordsOf(line) }) }}
      />
      {picked !== undefined && <PickBar lines={bubbles(picked)} actions={actions} onHide={() => setHiding([...picked])} onForward={() => setForwarding([...picked])} onEnd={() => setPicked(undefined)} />}
      <div hidden={picked !== undefined}>{answerable(snapshot) ? composer : snapshot.request && snapshot.person ? <RequestBar person={snapshot.person} actions={actions} /> : <p className={css['gone']}>{t('not_member')}</p>}</div>
      {info !== undefined && <InfoView load={() => actions.info(info)} onClose={() => setInfo(undefined)} />}
      {hiding !== undefined && <HideDialog count={hiding.length} onHide={hide} onErase={snapshot.active && erasing.length > 0 && erasing.every((line) => erasable(line, snapshot.admin, Date.now())) ? erase : undefined} onClose={() => setHiding(undefined)} />}
      {forwarding !== undefined && <ForwardDialog targets={actions.targets()} onForward={forward} onClose={() => setForwarding(undefined)} />}
      {viewed !== undefined && <Viewer all={seenIn(snapshot.lines)} at={viewed} actions={actions} onGo={setViewed} onClose={() => setViewed(undefined)} />}
    </section>
  );
}
