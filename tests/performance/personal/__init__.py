"""Made texts and columns in which every piece of personal data is labelled. 个人信息标注样本。

Two halves that share no template, no given name, no street and no seed: `tuning` is what the
finder may be shaped by, `held` only scores it.
"""
