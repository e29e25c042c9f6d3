"""Static files under names that carry their digest. 静态资源。"""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Digest-named files once `collectstatic` ran; plain names before that. 散列静态文件。

    `yiwang start` collects into the home folder at first start and after an upgrade. Tests and a
    fresh clone have collected nothing: there WhiteNoise serves the files where they lie.
    """

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The digest name where the manifest has one. 存储名。"""
        found: str = self.hashed_files.get(self.hash_key(self.clean_name(name)), name)
        return found
