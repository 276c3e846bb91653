import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fromBase64 } from '#core/signing/index.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { BoxAnnotator } from '#renderer/ui/annotate/BoxAnnotator.tsx';
import { Loading } from '#renderer/ui/Loading.tsx';
import type { SampleEditing } from './use-sample-editing.ts';

/** The picture as a blob address; given back when the sample goes. */
function usePictureUrl(image: { mediaType: string; base64: string } | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (image === undefined) return undefined;
    const made = URL.createObjectURL(new Blob([fromBase64(image.base64)], { type: image.mediaType }));
    setUrl(made);
    return () => {
      setUrl(null);
      URL.revokeObjectURL(made);
    };
  }, [image]);
  return url;
}

/** The sample's picture with its boxes. */
export function SamplePicture({ editing }: { readonly editing: SampleEditing }) {
  const { t } = useTranslation();
  const { sample, label } = editing;
  const image = useStationQuery(['review', 'image', sample.contentDigest], (station) =>
    station.review.image.query({ sampleId: sample.id }),
  );
  const url = usePictureUrl(image.data);
  const boxes = label.boxes.map((box) => ({
    id: box.id,
    x: box.x,
    y: box.y,
    width: box.width,
    height: box.height,
    classIndex: Math.max(0, sample.classes.indexOf(box.className)),
  }));
  return (
    <QueryView query={image}>
      {() =>
        url === null ? (
          <Loading what={t('review.imageLoading')} />
        ) : (
          <BoxAnnotator
            src={url}
            label={t('review.image', { id: sample.id })}
            boxes={boxes}
            selectedId={editing.selectedId}
            isDrawing={editing.isDrawing}
            onCreate={editing.create}
            onChange={editing.reshape}
            onSelect={editing.select}
          />
        )
      }
    </QueryView>
  );
}
