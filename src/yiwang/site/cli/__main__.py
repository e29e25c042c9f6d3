from yiwang.site.cli import main

main()
